package dev.sluice.runtime.catalog;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import dev.sluice.runtime.catalog.CatalogChange.ChangeContext;
import dev.sluice.runtime.catalog.CatalogChange.ChangeResult;
import java.util.ArrayList;
import java.util.List;

/** Changes of consumers (docs/api.md 5). */
public final class ConsumerChanges {
    private ConsumerChanges() {}

    /** Adds the consumer of a queue. */
    public record ConsumerCreation(String accountId, String queueId, ConsumerSpec spec)
            implements CatalogChange<Consumer> {
        @Override
        public ChangeResult<Consumer> decide(CatalogView catalog, ChangeContext context) {
            QueueDefinition queue = QueueChanges.required(catalog, accountId, queueId);
            if (queue.consumer() != null) {
                throw new QueueException(
                        QueueError.CONSUMER_EXISTS, "Queue '" + queue.name() + "' already has a consumer.");
            }
            return save(catalog, context, queue, context.newId(), context.nowMicros(), spec);
        }
    }

    /** Replaces the consumer, or creates one on a queue that has none (docs/api.md 5.4). */
    public record ConsumerReplacement(String accountId, String queueId, String consumerId, ConsumerSpec spec)
            implements CatalogChange<Consumer> {
        @Override
        public ChangeResult<Consumer> decide(CatalogView catalog, ChangeContext context) {
            QueueDefinition queue = QueueChanges.required(catalog, accountId, queueId);
            Consumer before = queue.consumer();
            if (before == null) {
                return save(catalog, context, queue, context.newId(), context.nowMicros(), spec);
            }
            if (!before.consumerId().equals(consumerId)) {
                throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Consumer not found.");
            }
            ConsumerSpec complete = new ConsumerSpec(
                    spec.type(),
                    spec.scriptName().isEmpty() ? before.scriptName() : spec.scriptName(),
                    spec.deadLetterQueue(),
                    spec.settings());
            return save(catalog, context, queue, consumerId, before.createdMicros(), complete);
        }
    }

    /** Deletes the consumer. Leases stay as they are. */
    public record ConsumerDeletion(String accountId, String queueId, String consumerId)
            implements CatalogChange<Boolean> {
        @Override
        public ChangeResult<Boolean> decide(CatalogView catalog, ChangeContext context) {
            QueueDefinition queue = QueueChanges.required(catalog, accountId, queueId);
            if (queue.consumer() == null || !queue.consumer().consumerId().equals(consumerId)) {
                throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Consumer not found.");
            }
            QueueDefinition after = QueueChanges.withChanges(queue, queue.name(), queue.settings(), null, context);
            return ChangeResult.queues(List.of(after), true);
        }
    }

    private static ChangeResult<Consumer> save(
            CatalogView catalog,
            ChangeContext context,
            QueueDefinition queue,
            String consumerId,
            long createdMicros,
            ConsumerSpec spec) {
        spec.settings().check(spec.type(), context.limits());
        if (spec.type() == ConsumerType.WORKER && spec.scriptName().isEmpty()) {
            throw new QueueException(
                    QueueError.CONSUMER_SETTINGS_INVALID,
                    "A worker consumer needs the name of its script in script_name.");
        }
        Consumer.checkScriptName(spec.scriptName());
        if (spec.deadLetterQueue().equals(queue.name())) {
            throw new QueueException(
                    QueueError.CONSUMER_SETTINGS_INVALID,
                    "A queue cannot be its own dead letter queue: name another one.");
        }
        List<QueueDefinition> queues = new ArrayList<>();
        QueueDefinition deadLetterQueue = catalog.findByName(queue.accountId(), spec.deadLetterQueue());
        if (deadLetterQueue != null && !deadLetterQueue.jurisdiction().equals(queue.jurisdiction())) {
            throw new QueueException(
                    QueueError.CONSUMER_SETTINGS_INVALID,
                    "dead_letter_queue must be a queue of the same jurisdiction: "
                            + (queue.jurisdiction().isEmpty() ? "none" : queue.jurisdiction()) + ".");
        }
        if (!spec.deadLetterQueue().isEmpty() && deadLetterQueue == null) {
            QueueChanges.requireJurisdictionOfOrigins(
                    catalog, queue.accountId(), spec.deadLetterQueue(), queue.jurisdiction());
            queues.add(QueueChanges.newQueue(
                    catalog,
                    context,
                    queue.accountId(),
                    spec.deadLetterQueue(),
                    QueueSettings.DEFAULT,
                    queue.jurisdiction()));
        }
        Consumer consumer = new Consumer(
                consumerId,
                spec.type(),
                spec.type() == ConsumerType.WORKER ? spec.scriptName() : "",
                spec.deadLetterQueue(),
                spec.settings(),
                createdMicros);
        if (!consumer.equals(queue.consumer())) {
            queues.add(QueueChanges.withChanges(queue, queue.name(), queue.settings(), consumer, context));
        }
        return ChangeResult.queues(queues, consumer);
    }

    /** The configured targets have changed: queues of Worker consumers take the new ones. */
    public record WorkerRefresh() implements CatalogChange<Boolean> {
        @Override
        public ChangeResult<Boolean> decide(CatalogView catalog, ChangeContext context) {
            return ChangeResult.notified(
                    catalog.allQueues().stream()
                            .filter(queue ->
                                    queue.consumer() != null && queue.consumer().type() == ConsumerType.WORKER)
                            .toList(),
                    true);
        }
    }
}
