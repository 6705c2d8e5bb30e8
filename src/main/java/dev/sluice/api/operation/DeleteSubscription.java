package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.SubscriptionView;
import dev.sluice.runtime.CatalogClient;
import io.vertx.core.Future;

/** Deletes an event subscription and shows what it was (reference 8). */
public final class DeleteSubscription implements Operation {
    private final CatalogClient changes;

    /** An operation on these. */
    public DeleteSubscription(CatalogClient changes) {
        this.changes = changes;
    }

    @Override
    public String operationId() {
        return "subscriptions-delete";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        return changes.deleteSubscription(call.accountId(), SubscriptionFields.id(call))
                .map(subscription -> Envelope.of(SubscriptionView.of(subscription)));
    }
}
