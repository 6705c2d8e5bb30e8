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

/** Changes an event subscription (reference 8). */
public final class PatchSubscription implements Operation {
    private final CatalogClient changes;
    private final Shape shape;

    /** An operation on these. */
    public PatchSubscription(CatalogClient changes, Contract contract) {
        this.changes = changes;
        this.shape = contract.shape("MqSubscriptionPatch");
    }

    @Override
    public String operationId() {
        return "subscriptions-patch";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        String id = SubscriptionFields.id(call);
        JsonObject body = JsonBody.read(call.body());
        shape.check(body);
        return changes.updateSubscription(call.accountId(), id, SubscriptionFields.forChange(body))
                .map(subscription -> Envelope.of(SubscriptionView.of(subscription)));
    }
}
