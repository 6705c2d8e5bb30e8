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

/** Creates an event subscription (docs/api.md 8). */
public final class CreateSubscription implements Operation {
    private final CatalogClient changes;
    private final TypeValidator types;

    public CreateSubscription(CatalogClient changes, Contract contract) {
        this.changes = changes;
        this.types = contract.typeValidator("MqSubscriptionCreate");
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject body = JsonBody.read(call.body());
        SubscriptionFields.requireAll(body);
        types.check(body);
        return changes.createSubscription(call.accountId(), SubscriptionFields.forCreation(body))
                .map(subscription -> Envelope.of(SubscriptionView.of(subscription)));
    }
}
