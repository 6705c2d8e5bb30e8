package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.CatalogClient;
import io.vertx.core.Future;

/** Deletes an event subscription and returns it (docs/api.md 8). */
public final class DeleteSubscription implements Operation {
    private final CatalogClient changes;

    public DeleteSubscription(CatalogClient changes) {
        this.changes = changes;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return changes.deleteSubscription(call.accountId(), SubscriptionFields.id(call))
                .map(subscription -> Envelope.of(SubscriptionView.of(subscription)));
    }
}
