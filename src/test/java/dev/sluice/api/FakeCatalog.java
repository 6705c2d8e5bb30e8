package dev.sluice.api;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.catalog.StoredToken;
import dev.sluice.runtime.catalog.TokenChanges;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A catalog in memory that implements both interfaces without a store. */
public final class FakeCatalog implements Catalog, CatalogClient {
    private static final long START_MICROS = 1_788_000_000_104_512L;

    private final Map<String, QueueDefinition> queues = new ConcurrentHashMap<>();
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final AtomicLong counter = new AtomicLong();
    private final AtomicLong version = new AtomicLong();

    @Override
    public long version() {
        return version.get();
    }

    /** Removes everything. */
    void clear() {
        queues.clear();
        subscriptions.clear();
        counter.set(0);
        version.incrementAndGet();
    }

    @Override
    public QueueDefinition find(String accountId, String queueId) {
        QueueDefinition queue = queues.get(queueId);
        return queue == null || !queue.accountId().equals(accountId) ? null : queue;
    }

    @Override
    public QueueDefinition findByNumber(long number) {
        throw new UnsupportedOperationException();
    }

    @Override
    public QueueDefinition findByName(String accountId, String name) {
        return list(accountId).stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public List<QueueDefinition> list(String accountId) {
        return queues.values().stream()
                .filter(queue -> queue.accountId().equals(accountId))
                .sorted(Comparator.comparingLong(QueueDefinition::createdMicros))
                .toList();
    }

    @Override
    public Subscription findSubscription(String accountId, String subscriptionId) {
        Subscription found = subscriptions.get(subscriptionId);
        return found == null || !found.accountId().equals(accountId) ? null : found;
    }

    @Override
    public List<Subscription> listSubscriptions(String accountId) {
        return subscriptions.values().stream()
                .filter(each -> each.accountId().equals(accountId))
                .sorted(Comparator.comparingLong(Subscription::createdMicros))
                .toList();
    }

    @Override
    public List<String> accounts() {
        return queues.values().stream()
                .map(QueueDefinition::accountId)
                .distinct()
                .toList();
    }

    @Override
    public Future<QueueDefinition> createQueue(
            String accountId, String name, QueueSettings settings, String jurisdiction) {
        return futureOf(() -> {
            refuseTaken(accountId, name, null);
            long number = counter.incrementAndGet();
            long now = START_MICROS + number;
            QueueDefinition queue =
                    new QueueDefinition(number, accountId, id(number), name, jurisdiction, settings, null, now, now);
            queues.put(queue.queueId(), queue);
            version.incrementAndGet();
            return queue;
        });
    }

    @Override
    public Future<QueueDefinition> updateQueue(String accountId, String queueId, String name, SettingsChange change) {
        return futureOf(() -> {
            QueueDefinition queue = existing(accountId, queueId);
            String newName = name == null ? queue.name() : name;
            refuseTaken(accountId, newName, queueId);
            return put(queue, newName, change.apply(queue.settings()), queue.consumer());
        });
    }

    @Override
    public Future<Void> deleteQueue(String accountId, String queueId) {
        return futureOf(() -> {
            queues.remove(existing(accountId, queueId).queueId());
            version.incrementAndGet();
            subscriptions.values().removeIf(each -> each.queueId().equals(queueId));
            return null;
        });
    }

    @Override
    public Future<Consumer> createConsumer(String accountId, String queueId, ConsumerSpec spec) {
        return futureOf(() -> {
            QueueDefinition queue = existing(accountId, queueId);
            if (queue.consumer() != null) {
                throw new QueueException(
                        QueueError.CONSUMER_EXISTS, "Queue '" + queue.name() + "' already has a consumer.");
            }
            return save(queue, id(counter.incrementAndGet()), spec);
        });
    }

    @Override
    public Future<Consumer> replaceConsumer(String accountId, String queueId, String consumerId, ConsumerSpec spec) {
        QueueDefinition queue = existing(accountId, queueId);
        if (queue.consumer() == null) {
            return createConsumer(accountId, queueId, spec);
        }
        return futureOf(() -> {
            refuseOther(queue, consumerId);
            return save(queue, consumerId, spec);
        });
    }

    @Override
    public Future<Void> deleteConsumer(String accountId, String queueId, String consumerId) {
        return futureOf(() -> {
            QueueDefinition queue = existing(accountId, queueId);
            refuseOther(queue, consumerId);
            put(queue, queue.name(), queue.settings(), null);
            return null;
        });
    }

    @Override
    public Future<Subscription> createSubscription(String accountId, SubscriptionSpec spec) {
        return futureOf(() -> {
            existing(accountId, spec.queueId());
            long number = counter.incrementAndGet();
            long now = START_MICROS + number;
            Subscription made = new Subscription(
                    id(number),
                    accountId,
                    spec.name(),
                    spec.enabled(),
                    spec.sourceJson(),
                    spec.queueId(),
                    spec.events(),
                    now,
                    now);
            subscriptions.put(made.id(), made);
            return made;
        });
    }

    @Override
    public Future<Subscription> updateSubscription(String accountId, String subscriptionId, SubscriptionPatch patch) {
        return futureOf(() -> {
            Subscription old = existingSubscription(accountId, subscriptionId);
            patch.queueId().ifPresent(queueId -> existing(accountId, queueId));
            Subscription made = new Subscription(
                    old.id(),
                    accountId,
                    patch.name().orElse(old.name()),
                    patch.enabled().orElse(old.enabled()),
                    old.sourceJson(),
                    patch.queueId().orElse(old.queueId()),
                    patch.events().orElse(old.events()),
                    old.createdMicros(),
                    START_MICROS + counter.incrementAndGet());
            subscriptions.put(made.id(), made);
            return made;
        });
    }

    @Override
    public Future<Subscription> deleteSubscription(String accountId, String subscriptionId) {
        return futureOf(() -> subscriptions.remove(
                existingSubscription(accountId, subscriptionId).id()));
    }

    private Consumer save(QueueDefinition queue, String consumerId, ConsumerSpec spec) {
        if (!spec.deadLetterQueue().isEmpty() && findByName(queue.accountId(), spec.deadLetterQueue()) == null) {
            createQueue(queue.accountId(), spec.deadLetterQueue(), QueueSettings.DEFAULT, "");
        }
        Consumer consumer = new Consumer(
                consumerId,
                spec.type(),
                spec.scriptName(),
                spec.deadLetterQueue(),
                spec.settings(),
                START_MICROS + counter.incrementAndGet());
        put(queue, queue.name(), queue.settings(), consumer);
        return consumer;
    }

    private QueueDefinition put(QueueDefinition old, String name, QueueSettings settings, Consumer consumer) {
        QueueDefinition queue = new QueueDefinition(
                old.number(),
                old.accountId(),
                old.queueId(),
                name,
                old.jurisdiction(),
                settings,
                consumer,
                old.createdMicros(),
                START_MICROS + counter.incrementAndGet());
        queues.put(queue.queueId(), queue);
        version.incrementAndGet();
        return queue;
    }

    private QueueDefinition existing(String accountId, String queueId) {
        QueueDefinition queue = find(accountId, queueId);
        if (queue == null) {
            throw new QueueException(QueueError.QUEUE_UNKNOWN);
        }
        return queue;
    }

    private Subscription existingSubscription(String accountId, String subscriptionId) {
        Subscription subscription = findSubscription(accountId, subscriptionId);
        if (subscription == null) {
            throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Subscription not found.");
        }
        return subscription;
    }

    private static void refuseOther(QueueDefinition queue, String consumerId) {
        if (queue.consumer() == null || !queue.consumer().consumerId().equals(consumerId)) {
            throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Consumer not found.");
        }
    }

    private void refuseTaken(String accountId, String name, String exceptQueueId) {
        QueueDefinition other = findByName(accountId, name);
        if (other != null && !other.queueId().equals(exceptQueueId)) {
            throw new QueueException(
                    QueueError.QUEUE_NAME_TAKEN,
                    "Queue name '" + name + "' is already taken. Please use a different name and try again.");
        }
    }

    private static String id(long number) {
        return String.format("%032x", number);
    }

    private static <T> Future<T> futureOf(Supplier<T> supplier) {
        try {
            return Future.succeededFuture(supplier.get());
        } catch (QueueException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public Future<StoredToken> createToken(TokenChanges.TokenCreation creation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<StoredToken> revokeToken(String tokenId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> refreshWorkers() {
        throw new UnsupportedOperationException();
    }
}
