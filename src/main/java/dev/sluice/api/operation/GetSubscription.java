package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.SubscriptionView;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.Catalog;
import io.vertx.core.Future;

/** Shows an event subscription (reference 8). */
public final class GetSubscription implements Operation {
    private final Catalog catalog;

    /** An operation on these. */
    public GetSubscription(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public String operationId() {
        return "subscriptions-get";
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public Future<Answer> answer(Call call) {
        String id = SubscriptionFields.id(call);
        Subscription subscription = catalog.findSubscription(call.accountId(), id);
        if (subscription == null) {
            throw SubscriptionFields.unknown();
        }
        return Future.succeededFuture(Envelope.of(SubscriptionView.of(subscription)));
    }
}
