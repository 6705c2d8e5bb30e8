package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.TypeValidator;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.CatalogClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Changes an event subscription (docs/api.md 8). */
public final class PatchSubscription implements Operation {
    private final CatalogClient changes;
    private final TypeValidator types;

    public PatchSubscription(CatalogClient changes, Contract contract) {
        this.changes = changes;
        this.types = contract.typeValidator("MqSubscriptionPatch");
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        String id = SubscriptionFields.id(call);
        JsonObject body = JsonBody.read(call.body());
        types.check(body);
        return changes.updateSubscription(call.accountId(), id, SubscriptionFields.forChange(body))
                .map(subscription -> Envelope.of(SubscriptionView.of(subscription)));
    }
}
