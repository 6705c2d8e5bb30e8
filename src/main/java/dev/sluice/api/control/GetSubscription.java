package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;

/** Shows an event subscription (docs/api.md 8). */
public final class GetSubscription implements Operation {
    private final Catalog catalog;

    public GetSubscription(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        String id = SubscriptionFields.id(call);
        Subscription subscription = catalog.findSubscription(call.accountId(), id);
        if (subscription == null) {
            throw SubscriptionFields.unknown();
        }
        return Future.succeededFuture(Envelope.of(SubscriptionView.of(subscription)));
    }
}
