package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.TypeValidator;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueName;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.bus.CatalogClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Creates a queue (docs/api.md 3.3). */
public final class CreateQueue implements Operation {
    private final CatalogClient changes;
    private final TypeValidator types;
    private final Limits limits;

    public CreateQueue(CatalogClient changes, Contract contract, Limits limits) {
        this.changes = changes;
        this.types = contract.typeValidator("MqQueueCreate");
        this.limits = limits;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject body = JsonBody.read(call.body());
        if (body.getValue("queue_name") == null) {
            QueueName.check(null);
        }
        types.check(body);
        String name = body.getString("queue_name");
        QueueName.check(name);
        QueueSettings settings = QueueFields.merge(body, QueueSettings.DEFAULT);
        settings.check(limits);
        return changes.createQueue(call.accountId(), name, settings, Jurisdiction.of(body))
                .map(queue -> Envelope.of(QueueView.of(queue)));
    }
}
