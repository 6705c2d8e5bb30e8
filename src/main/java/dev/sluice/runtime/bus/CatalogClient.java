package dev.sluice.runtime.bus;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.catalog.StoredToken;
import dev.sluice.runtime.catalog.TokenChanges;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the catalog. Each future completes when the change is synced, visible in {@link Catalog} and in force in
 * the queue. A failed future carries a {@link dev.sluice.queue.QueueException} of the control plane (QUEUE_UNKNOWN,
 * QUEUE_NAME_INVALID, QUEUE_NAME_TAKEN, CONSUMER_EXISTS, CONSUMER_SETTINGS_INVALID, QUEUE_SETTINGS_INVALID,
 * RESOURCE_UNKNOWN …), and nothing was changed. Names, ranges of settings and references between objects are checked
 * here. The edge checks the JSON types.
 */
public interface CatalogClient {
    /** Creates a queue. {@code jurisdiction} may be empty. */
    Future<QueueDefinition> createQueue(String accountId, String name, QueueSettings settings, String jurisdiction);

    /**
     * Changes name and settings. {@code change} merges the fields of a PATCH into the current settings, or those of a
     * PUT into the defaults. It runs on the catalog's event loop with the current settings.
     *
     * @param name null to keep the current name
     */
    Future<QueueDefinition> updateQueue(String accountId, String queueId, @Nullable String name, SettingsChange change);

    /** Deletes a queue with its messages, consumer and subscriptions. */
    Future<Void> deleteQueue(String accountId, String queueId);

    /** Adds the consumer. Creates the dead letter queue if it does not exist. */
    Future<Consumer> createConsumer(String accountId, String queueId, ConsumerSpec spec);

    /** Replaces the consumer (docs/api.md 5.4). */
    Future<Consumer> replaceConsumer(String accountId, String queueId, String consumerId, ConsumerSpec spec);

    /** Deletes the consumer. Fails with RESOURCE_UNKNOWN if the queue has no such consumer. */
    Future<Void> deleteConsumer(String accountId, String queueId, String consumerId);

    /** Creates a subscription. Fails with QUEUE_UNKNOWN if the destination is not a queue of the account. */
    Future<Subscription> createSubscription(String accountId, SubscriptionSpec spec);

    /**
     * Changes the non-null fields. Fails with RESOURCE_UNKNOWN, or with QUEUE_UNKNOWN for an unknown new destination.
     */
    Future<Subscription> updateSubscription(String accountId, String subscriptionId, SubscriptionPatch patch);

    /**
     * Stores a new token, which is valid from then on. Fails with REQUEST_INVALID if there are too many, or one of that
     * name.
     */
    Future<StoredToken> createToken(TokenChanges.TokenCreation creation);

    /** Deletes a token: no request that arrives later is accepted with it. Fails with RESOURCE_UNKNOWN. */
    Future<StoredToken> revokeToken(String tokenId);

    /** Makes all queues of Worker consumers look for their targets again. */
    Future<Void> refreshWorkers();

    /** Deletes a subscription and returns its last state. */
    Future<Subscription> deleteSubscription(String accountId, String subscriptionId);

    /** A subscription as the client describes it. */
    record SubscriptionSpec(String name, boolean enabled, String sourceJson, String queueId, List<String> events) {}

    /** The changes to a subscription; what is empty stays. The source never changes. */
    record SubscriptionPatch(
            Optional<String> name,
            Optional<Boolean> enabled,
            Optional<String> queueId,
            Optional<List<String>> events) {}

    /** Computes new settings from the current ones. A pure function. */
    @FunctionalInterface
    interface SettingsChange {
        QueueSettings apply(QueueSettings current);
    }

    /** A consumer as the client describes it. Absent settings already have the defaults for {@code type}. */
    record ConsumerSpec(ConsumerType type, String scriptName, String deadLetterQueue, ConsumerSettings settings) {}
}
