package dev.sluice.runtime.catalog;

import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.bus.CatalogClient.SubscriptionPatch;
import dev.sluice.runtime.bus.CatalogClient.SubscriptionSpec;
import dev.sluice.runtime.catalog.CatalogChange.ChangeContext;
import dev.sluice.runtime.catalog.CatalogChange.ChangeResult;
import java.util.List;

/** Changes of event subscriptions (docs/api.md 8). */
public final class SubscriptionChanges {
    private SubscriptionChanges() {}

    private static Subscription required(CatalogView catalog, String accountId, String subscriptionId) {
        Subscription subscription = catalog.findSubscription(accountId, subscriptionId);
        if (subscription == null) {
            throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Subscription not found");
        }
        return subscription;
    }

    private static void requireCapacity(CatalogView catalog, Limits limits, String accountId) {
        if (catalog.subscriptionsOf(accountId).size() >= limits.subscriptionsPerAccountMax()) {
            throw new QueueException(
                    QueueError.REQUEST_INVALID,
                    "The account has " + limits.subscriptionsPerAccountMax()
                            + " event subscriptions, the most it may have. Delete one first.");
        }
        if (catalog.subscriptionCount() >= limits.subscriptionsMax()) {
            throw new QueueException(
                    QueueError.REQUEST_INVALID,
                    "The installation has " + limits.subscriptionsMax()
                            + " event subscriptions, the most it may have. Delete one first.");
        }
    }

    public record SubscriptionCreation(String accountId, SubscriptionSpec spec) implements CatalogChange<Subscription> {
        @Override
        public ChangeResult<Subscription> decide(CatalogView catalog, ChangeContext context) {
            Subscription.check(spec.name(), spec.sourceJson(), spec.events());
            QueueChanges.required(catalog, accountId, spec.queueId());
            requireCapacity(catalog, context.limits(), accountId);
            long nowMicros = context.nowMicros();
            return ChangeResult.subscription(new Subscription(
                    context.newId(),
                    accountId,
                    spec.name(),
                    spec.enabled(),
                    spec.sourceJson(),
                    spec.queueId(),
                    spec.events(),
                    nowMicros,
                    nowMicros));
        }
    }

    /** Changes the given fields. */
    public record SubscriptionUpdate(String accountId, String subscriptionId, SubscriptionPatch patch)
            implements CatalogChange<Subscription> {
        @Override
        public ChangeResult<Subscription> decide(CatalogView catalog, ChangeContext context) {
            Subscription before = required(catalog, accountId, subscriptionId);
            Subscription.check(patch.name().orElse(null), null, patch.events().orElse(null));
            patch.queueId().ifPresent(queueId -> QueueChanges.required(catalog, accountId, queueId));
            return ChangeResult.subscription(new Subscription(
                    before.id(),
                    accountId,
                    patch.name().orElse(before.name()),
                    patch.enabled().orElse(before.enabled()),
                    before.sourceJson(),
                    patch.queueId().orElse(before.queueId()),
                    patch.events().orElse(before.events()),
                    before.createdMicros(),
                    context.nowMicros()));
        }
    }

    public record SubscriptionDeletion(String accountId, String subscriptionId) implements CatalogChange<Subscription> {
        @Override
        public ChangeResult<Subscription> decide(CatalogView catalog, ChangeContext context) {
            Subscription before = required(catalog, accountId, subscriptionId);
            return new ChangeResult<>(List.of(), List.of(), List.of(), List.of(before), before);
        }
    }
}
