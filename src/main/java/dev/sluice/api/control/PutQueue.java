package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.bus.CatalogClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Overwrites the settings of a queue (docs/api.md 3.5). */
public final class PutQueue implements Operation {
    private final CatalogClient changes;
    private final QueueFields fields;

    PutQueue(CatalogClient changes, QueueFields fields) {
        this.changes = changes;
        this.fields = fields;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject body = fields.read(call.body(), call.queue());
        QueueSettings settings = fields.settings(body, QueueSettings.DEFAULT);
        return changes.updateQueue(
                        call.accountId(), call.queue().queueId(), QueueFields.name(body), current -> settings)
                .map(queue -> Envelope.of(QueueView.of(queue)));
    }
}
