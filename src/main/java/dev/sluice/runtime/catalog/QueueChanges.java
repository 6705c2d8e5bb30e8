package dev.sluice.runtime.catalog;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueName;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.bus.CatalogClient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of queues (docs/api.md 3). */
public final class QueueChanges {
    private QueueChanges() {}

    /** Returns the queue or fails with QUEUE_UNKNOWN. */
    static QueueDefinition required(CatalogView catalog, String accountId, String queueId) {
        QueueDefinition queue = catalog.find(accountId, queueId);
        if (queue == null) {
            throw new QueueException(QueueError.QUEUE_UNKNOWN);
        }
        return queue;
    }

    /** A new queue after all checks. */
    static QueueDefinition newQueue(
            CatalogView catalog,
            CatalogChange.ChangeContext context,
            String accountId,
            String name,
            QueueSettings settings,
            String jurisdiction) {
        QueueName.check(name, context.strictNames());
        settings.check(context.limits());
        requireFree(catalog, accountId, name);
        requireCapacity(catalog, context.limits(), accountId);
        long nowMicros = context.nowMicros();
        return new QueueDefinition(
                context.newQueueNumber(),
                accountId,
                context.newId(),
                name,
                jurisdiction,
                settings,
                null,
                nowMicros,
                nowMicros);
    }

    private static void requireCapacity(CatalogView catalog, Limits limits, String accountId) {
        int queues = catalog.queuesOf(accountId).size();
        if (queues >= limits.queuesPerAccountMax()) {
            throw limitReached("The account has " + limits.queuesPerAccountMax() + " queues, the most it may have.");
        }
        if (catalog.queueCount() >= limits.queuesMax()) {
            throw limitReached("The installation has " + limits.queuesMax() + " queues, the most it may have.");
        }
        if (queues == 0 && catalog.accountCount() >= limits.accountsMax()) {
            throw limitReached("The installation has queues of " + limits.accountsMax()
                    + " accounts, the most it may have, and this account is none of them.");
        }
    }

    private static QueueException limitReached(String text) {
        return new QueueException(QueueError.QUEUE_SETTINGS_INVALID, text + " Delete one first.");
    }

    private static void requireFree(CatalogView catalog, String accountId, String name) {
        if (catalog.findByName(accountId, name) != null) {
            throw new QueueException(
                    QueueError.QUEUE_NAME_TAKEN,
                    "Queue name '" + name + "' is already taken. Please use a different name and try again.");
        }
    }

    public record QueueCreation(String accountId, String name, QueueSettings settings, String jurisdiction)
            implements CatalogChange<QueueDefinition> {
        @Override
        public ChangeResult<QueueDefinition> decide(CatalogView catalog, ChangeContext context) {
            QueueDefinition queue = newQueue(catalog, context, accountId, name, settings, jurisdiction);
            requireJurisdictionOfOrigins(catalog, accountId, name, jurisdiction);
            return ChangeResult.queues(List.of(queue), queue);
        }
    }

    /**
     * A dead letter queue is of the jurisdiction of all queues whose consumers name it, also if it is created or
     * renamed after them.
     */
    static void requireJurisdictionOfOrigins(CatalogView catalog, String accountId, String name, String jurisdiction) {
        for (QueueDefinition origin : catalog.queuesOf(accountId)) {
            Consumer consumer = origin.consumer();
            if (consumer != null
                    && consumer.deadLetterQueue().equals(name)
                    && !origin.jurisdiction().equals(jurisdiction)) {
                throw new QueueException(
                        QueueError.QUEUE_SETTINGS_INVALID,
                        "Queue '" + name + "' is the dead letter queue of '" + origin.name()
                                + "' and must have its jurisdiction: "
                                + (origin.jurisdiction().isEmpty() ? "none" : origin.jurisdiction()) + ".");
            }
        }
    }

    /**
     * Creates a queue with default settings unless one of that name exists; for dead letters.
     *
     * @param jurisdiction that of the origin
     */
    public record QueueEnsuring(String accountId, String name, String jurisdiction)
            implements CatalogChange<QueueDefinition> {
        @Override
        public ChangeResult<QueueDefinition> decide(CatalogView catalog, ChangeContext context) {
            QueueDefinition queue = catalog.findByName(accountId, name);
            if (queue != null) {
                return ChangeResult.queues(List.of(), queue);
            }
            queue = newQueue(catalog, context, accountId, name, QueueSettings.DEFAULT, jurisdiction);
            return ChangeResult.queues(List.of(queue), queue);
        }
    }

    /** Changes name and settings. Consumers that name the queue as their dead letter queue get the new name. */
    public record QueueUpdate(
            String accountId, String queueId, @Nullable String name, CatalogClient.SettingsChange change)
            implements CatalogChange<QueueDefinition> {
        @Override
        public ChangeResult<QueueDefinition> decide(CatalogView catalog, ChangeContext context) {
            QueueDefinition before = required(catalog, accountId, queueId);
            String nameAfter = name == null ? before.name() : name;
            boolean renamed = !nameAfter.equals(before.name());
            if (renamed) {
                QueueName.check(nameAfter, context.strictNames());
                requireFree(catalog, accountId, nameAfter);
                requireOtherDeadLetterQueue(before.consumer(), nameAfter);
                requireJurisdictionOfOrigins(catalog, accountId, nameAfter, before.jurisdiction());
            }
            QueueSettings settings = change.apply(before.settings());
            settings.check(context.limits());
            if (!renamed && settings.equals(before.settings())) {
                return ChangeResult.queues(List.of(), before);
            }
            QueueDefinition after = withChanges(before, nameAfter, settings, before.consumer(), context);
            List<QueueDefinition> queues = new ArrayList<>();
            queues.add(after);
            if (renamed) {
                redirect(catalog, before.name(), nameAfter, context, queues);
            }
            return ChangeResult.queues(queues, after);
        }

        /** The dead letter queue of that name may have been deleted, so that the name is free. */
        private static void requireOtherDeadLetterQueue(@Nullable Consumer consumer, String name) {
            if (consumer != null && consumer.deadLetterQueue().equals(name)) {
                throw new QueueException(
                        QueueError.CONSUMER_SETTINGS_INVALID,
                        "A queue cannot be its own dead letter queue, and the consumer names one called '" + name
                                + "'.");
            }
        }

        private void redirect(
                CatalogView catalog, String from, String to, ChangeContext context, List<QueueDefinition> queues) {
            for (QueueDefinition other : catalog.queuesOf(accountId)) {
                Consumer consumer = other.consumer();
                if (consumer != null && consumer.deadLetterQueue().equals(from)) {
                    Consumer redirected = new Consumer(
                            consumer.consumerId(),
                            consumer.type(),
                            consumer.scriptName(),
                            to,
                            consumer.settings(),
                            consumer.createdMicros());
                    queues.add(withChanges(other, other.name(), other.settings(), redirected, context));
                }
            }
        }
    }

    /** A copy of the queue with the new values and a new time of change. */
    static QueueDefinition withChanges(
            QueueDefinition queue,
            String name,
            QueueSettings settings,
            @Nullable Consumer consumer,
            CatalogChange.ChangeContext context) {
        return new QueueDefinition(
                queue.number(),
                queue.accountId(),
                queue.queueId(),
                name,
                queue.jurisdiction(),
                settings,
                consumer,
                queue.createdMicros(),
                context.nowMicros());
    }

    /** Deletes a queue with its messages, consumer and subscriptions. */
    public record QueueDeletion(String accountId, String queueId) implements CatalogChange<Boolean> {
        @Override
        public ChangeResult<Boolean> decide(CatalogView catalog, ChangeContext context) {
            QueueDefinition queue = required(catalog, accountId, queueId);
            List<Subscription> subscriptions = catalog.subscriptionsOf(accountId).stream()
                    .filter(subscription -> subscription.queueId().equals(queueId))
                    .toList();
            return new ChangeResult<>(List.of(), List.of(queue), List.of(), subscriptions, true);
        }
    }
}
