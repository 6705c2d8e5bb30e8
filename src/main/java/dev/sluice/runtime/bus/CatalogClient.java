package dev.sluice.runtime.bus;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;
import java.util.List;

/**
 * Changes of the catalog. Each future completes when the change is synced, visible in {@link Catalog} and in force in the
 * queue; it fails with a {@link dev.sluice.queue.QueueException} of the control plane (QUEUE_UNKNOWN, QUEUE_NAME_INVALID,
 * QUEUE_NAME_TAKEN, CONSUMER_EXISTS, CONSUMER_SETTINGS_INVALID, QUEUE_SETTINGS_INVALID, RESOURCE_UNKNOWN …) and has changed nothing then.
 * Names, settings ranges and cross-references are checked here, shapes of JSON at the edge.
 */
public interface CatalogClient {
    /** Creates a queue. {@code jurisdiction} may be empty. */
    Future<QueueDefinition> createQueue(String accountId, String name, QueueSettings settings, String jurisdiction);

    /**
     * Changes name and settings as given: the edge has merged a PATCH's fields into the current settings, or a PUT's into the
     * defaults, through {@code change}, which runs on the catalog's owner against the current settings.
     *
     * @param name null to keep it
     */
    Future<QueueDefinition> updateQueue(String accountId, String queueId, String name, SettingsChange change);

    /** Deletes a queue with messages, consumer and subscriptions. */
    Future<Void> deleteQueue(String accountId, String queueId);

    /** Adds the consumer; creates the dead letter queue if it is missing. */
    Future<Consumer> createConsumer(String accountId, String queueId, ConsumerSpec spec);

    /** Replaces the consumer by the rules of docs/api.md 5.4. */
    Future<Consumer> replaceConsumer(String accountId, String queueId, String consumerId, ConsumerSpec spec);

    /** Deletes the consumer; RESOURCE_UNKNOWN if the queue has no such one. */
    Future<Void> deleteConsumer(String accountId, String queueId, String consumerId);

    /** Creates a subscription; QUEUE_UNKNOWN if the destination is not a queue of the account. */
    Future<Subscription> createSubscription(String accountId, SubscriptionSpec spec);

    /** Changes the non-null fields; RESOURCE_UNKNOWN, or QUEUE_UNKNOWN for a new destination. */
    Future<Subscription> updateSubscription(String accountId, String subscriptionId, SubscriptionSpec spec);

    /** Deletes a subscription and answers what it was. */
    Future<Subscription> deleteSubscription(String accountId, String subscriptionId);

    /** A subscription as a client describes it; in an update null means unchanged ({@code sourceJson} always is). */
    record SubscriptionSpec(String name, Boolean enabled, String sourceJson, String queueId, List<String> events) {}

    /** Computes new settings from the current ones; pure. */
    @FunctionalInterface
    interface SettingsChange {
        /** The settings after the change. */
        QueueSettings apply(QueueSettings current);
    }

    /**
     * A consumer as a client describes it, absent settings already at their defaults for {@code type}.
     *
     * @param type null to keep the current type (PUT only)
     */
    record ConsumerSpec(ConsumerType type, String scriptName, String deadLetterQueue, ConsumerSettings settings) {}
}
