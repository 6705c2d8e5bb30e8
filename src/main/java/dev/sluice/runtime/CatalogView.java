package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.Subscription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The catalog in memory: many readers on any thread, one writer, the catalog verticle. A reader sees each queue as it was after
 * some answered change; it never sees half a definition.
 */
final class CatalogView implements Catalog {
    private static final Comparator<QueueDefinition> BY_CREATION =
            Comparator.comparingLong(QueueDefinition::createdMicros).thenComparing(QueueDefinition::queueId);
    private static final Comparator<Subscription> SUBSCRIPTIONS_BY_CREATION =
            Comparator.comparingLong(Subscription::createdMicros).thenComparing(Subscription::id);

    private final ConcurrentHashMap<String, Account> accounts = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, QueueDefinition> byNumber = new ConcurrentHashMap<>();

    /** Written after what it stands for, by the one writer. */
    private volatile long version;

    private static final class Account {
        private final ConcurrentHashMap<String, QueueDefinition> byId = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<String, QueueDefinition> byName = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    }

    private static final Account NONE = new Account();

    private Account account(String accountId) {
        return accounts.getOrDefault(accountId, NONE);
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public QueueDefinition find(String accountId, String queueId) {
        return account(accountId).byId.get(queueId);
    }

    @Override
    public QueueDefinition findByName(String accountId, String name) {
        return account(accountId).byName.get(name);
    }

    /** The queue of that number, or null. */
    QueueDefinition findByNumber(long number) {
        return byNumber.get(number);
    }

    @Override
    public List<QueueDefinition> list(String accountId) {
        List<QueueDefinition> queues = new ArrayList<>(account(accountId).byId.values());
        queues.sort(BY_CREATION);
        return queues;
    }

    /** How many queues an account has. */
    int count(String accountId) {
        return account(accountId).byId.size();
    }

    @Override
    public Subscription findSubscription(String accountId, String subscriptionId) {
        return account(accountId).subscriptions.get(subscriptionId);
    }

    @Override
    public List<Subscription> listSubscriptions(String accountId) {
        List<Subscription> subscriptions =
                new ArrayList<>(account(accountId).subscriptions.values());
        subscriptions.sort(SUBSCRIPTIONS_BY_CREATION);
        return subscriptions;
    }

    @Override
    public List<String> accounts() {
        List<String> used = new ArrayList<>();
        accounts.forEach((accountId, account) -> {
            if (!account.byId.isEmpty()) {
                used.add(accountId);
            }
        });
        used.sort(Comparator.naturalOrder());
        return used;
    }

    // For the writer only.

    /** The queues of all accounts. */
    List<QueueDefinition> allQueues() {
        return List.copyOf(byNumber.values());
    }

    /** The subscriptions of all accounts. */
    List<Subscription> allSubscriptions() {
        return accounts.values().stream()
                .flatMap(account -> account.subscriptions.values().stream())
                .toList();
    }

    void put(QueueDefinition queue) {
        Account account = accounts.computeIfAbsent(queue.accountId(), id -> new Account());
        QueueDefinition before = account.byId.put(queue.queueId(), queue);
        account.byName.put(queue.name(), queue);
        if (before != null && !before.name().equals(queue.name())) {
            account.byName.remove(before.name(), before);
        }
        byNumber.put(queue.number(), queue);
        changed();
    }

    void remove(QueueDefinition queue) {
        Account account = account(queue.accountId());
        account.byId.remove(queue.queueId());
        account.byName.remove(queue.name());
        byNumber.remove(queue.number());
        changed();
    }

    private void changed() {
        version++;
    }

    void put(Subscription subscription) {
        accounts.computeIfAbsent(subscription.accountId(), id -> new Account())
                .subscriptions
                .put(subscription.id(), subscription);
    }

    void remove(Subscription subscription) {
        account(subscription.accountId()).subscriptions.remove(subscription.id());
    }
}
