package dev.sluice.runtime.bus;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.catalog.CatalogChange;
import dev.sluice.runtime.catalog.CatalogVerticle;
import dev.sluice.runtime.catalog.ConsumerChanges;
import dev.sluice.runtime.catalog.QueueChanges;
import dev.sluice.runtime.catalog.StoredToken;
import dev.sluice.runtime.catalog.SubscriptionChanges;
import dev.sluice.runtime.catalog.TokenChanges;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** Sends catalog changes to the catalog verticle over the event bus. Usable from any event loop. */
public final class BusCatalogClient implements CatalogClient {
    private final BusSender sender;

    public BusCatalogClient(Vertx vertx, RuntimeOptions options) {
        this.sender = new BusSender(vertx, options.sendTimeoutMillis());
    }

    private <R> Future<R> send(CatalogChange<R> change) {
        return sender.request(CatalogVerticle.ADDRESS, change);
    }

    @Override
    public Future<QueueDefinition> createQueue(
            String accountId, String name, QueueSettings settings, String jurisdiction) {
        return send(new QueueChanges.QueueCreation(accountId, name, settings, jurisdiction));
    }

    /** Returns the queue of that name. Creates it in that jurisdiction with default settings if it does not exist. */
    Future<QueueDefinition> ensureQueue(String accountId, String name, String jurisdiction) {
        return send(new QueueChanges.QueueEnsuring(accountId, name, jurisdiction));
    }

    @Override
    public Future<QueueDefinition> updateQueue(
            String accountId, String queueId, @Nullable String name, SettingsChange change) {
        return send(new QueueChanges.QueueUpdate(accountId, queueId, name, change));
    }

    @Override
    public Future<Void> deleteQueue(String accountId, String queueId) {
        return send(new QueueChanges.QueueDeletion(accountId, queueId)).mapEmpty();
    }

    @Override
    public Future<Consumer> createConsumer(String accountId, String queueId, ConsumerSpec spec) {
        return send(new ConsumerChanges.ConsumerCreation(accountId, queueId, spec));
    }

    @Override
    public Future<Consumer> replaceConsumer(String accountId, String queueId, String consumerId, ConsumerSpec spec) {
        return send(new ConsumerChanges.ConsumerReplacement(accountId, queueId, consumerId, spec));
    }

    @Override
    public Future<Void> deleteConsumer(String accountId, String queueId, String consumerId) {
        return send(new ConsumerChanges.ConsumerDeletion(accountId, queueId, consumerId))
                .mapEmpty();
    }

    @Override
    public Future<Subscription> createSubscription(String accountId, SubscriptionSpec spec) {
        return send(new SubscriptionChanges.SubscriptionCreation(accountId, spec));
    }

    @Override
    public Future<Subscription> updateSubscription(String accountId, String subscriptionId, SubscriptionPatch patch) {
        return send(new SubscriptionChanges.SubscriptionUpdate(accountId, subscriptionId, patch));
    }

    @Override
    public Future<Subscription> deleteSubscription(String accountId, String subscriptionId) {
        return send(new SubscriptionChanges.SubscriptionDeletion(accountId, subscriptionId));
    }

    @Override
    public Future<StoredToken> createToken(TokenChanges.TokenCreation creation) {
        return send(creation);
    }

    @Override
    public Future<StoredToken> revokeToken(String tokenId) {
        return send(new TokenChanges.TokenRevocation(tokenId));
    }

    @Override
    public Future<Void> refreshWorkers() {
        return send(new ConsumerChanges.WorkerRefresh()).mapEmpty();
    }
}
