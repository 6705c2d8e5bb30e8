package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.JsonBody;
import dev.sluice.api.Operation;
import dev.sluice.api.Shape;
import dev.sluice.api.SubscriptionView;
import dev.sluice.runtime.CatalogClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Creates an event subscription (reference 8). */
public final class CreateSubscription implements Operation {
    private final CatalogClient changes;
    private final Shape shape;

    /** An operation on these. */
    public CreateSubscription(CatalogClient changes, Contract contract) {
        this.changes = changes;
        this.shape = contract.shape("MqSubscriptionCreate");
    }

    @Override
    public String operationId() {
        return "subscriptions-create";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        JsonObject body = JsonBody.read(call.body());
        SubscriptionFields.requireAll(body);
        shape.check(body);
        return changes.createSubscription(call.accountId(), SubscriptionFields.forCreation(body))
                .map(subscription -> Envelope.of(SubscriptionView.of(subscription)));
    }
}
