package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.CatalogClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Changes some settings of a queue (docs/api.md 3.5). */
public final class PatchQueue implements Operation {
    private final CatalogClient changes;
    private final QueueFields fields;

    PatchQueue(CatalogClient changes, QueueFields fields) {
        this.changes = changes;
        this.fields = fields;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject body = fields.read(call.body(), call.queue());
        // Checked now. The merge is repeated when the change is applied, with the settings of that moment.
        fields.settings(body, call.queue().settings());
        return changes.updateQueue(
                        call.accountId(),
                        call.queue().queueId(),
                        QueueFields.name(body),
                        current -> QueueFields.merge(body, current))
                .map(queue -> Envelope.of(QueueView.of(queue)));
    }
}
