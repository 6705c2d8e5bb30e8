package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.TypeValidator;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueName;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.SettingsChange;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Changes some settings of a queue (docs/api.md 3.5). */
public final class PatchQueue implements Operation {
    private final CatalogClient changes;
    private final TypeValidator types;
    private final Limits limits;

    public PatchQueue(CatalogClient changes, Contract contract, Limits limits) {
        this.changes = changes;
        this.types = contract.typeValidator("MqQueueUpdate");
        this.limits = limits;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject body = JsonBody.read(call.body());
        types.check(body);
        String name = body.getString("queue_name");
        if (name != null) {
            QueueName.check(name);
        }
        SettingsChange change = current -> QueueSettingsFields.merge(body, current);
        change.apply(call.queue().settings()).check(limits);
        return changes.updateQueue(call.accountId(), call.queue().queueId(), name, change)
                .map(queue -> Envelope.of(QueueView.of(queue)));
    }
}
