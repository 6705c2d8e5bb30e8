package dev.sluice.runtime.catalog;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The catalog in memory: many readers on any thread, one writer, the catalog verticle. A reader sees each queue as it
 * was after some acknowledged change, never a partly changed definition.
 */
public final class CatalogView implements Catalog {
    private static final Comparator<QueueDefinition> BY_CREATION =
            Comparator.comparingLong(QueueDefinition::createdMicros).thenComparing(QueueDefinition::queueId);
    private static final Comparator<Subscription> SUBSCRIPTIONS_BY_CREATION =
            Comparator.comparingLong(Subscription::createdMicros).thenComparing(Subscription::id);

    private final ConcurrentHashMap<String, Account> accounts = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, QueueDefinition> byNumber = new ConcurrentHashMap<>();
    private final StoredTokens tokens = new StoredTokens();

    /** Written by the one writer, after the change that it counts. */
    private volatile long version;
    /** In a cluster: the offset of the catalog's log that this view has reached. */
    private volatile long offset = -1;
    /** For the writer only. */
    private int subscriptionCount;

    private static final class Account {
        private final ConcurrentHashMap<String, QueueDefinition> byId = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<String, QueueDefinition> byName = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    }

    private static final Account EMPTY = new Account();

    private Account account(String accountId) {
        return accounts.getOrDefault(accountId, EMPTY);
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public @Nullable QueueDefinition find(String accountId, String queueId) {
        return account(accountId).byId.get(queueId);
    }

    @Override
    public @Nullable QueueDefinition findByName(String accountId, String name) {
        return account(accountId).byName.get(name);
    }

    @Override
    public @Nullable QueueDefinition findByNumber(long number) {
        return byNumber.get(number);
    }

    @Override
    public List<QueueDefinition> list(String accountId) {
        List<QueueDefinition> queues = new ArrayList<>(account(accountId).byId.values());
        queues.sort(BY_CREATION);
        return queues;
    }

    /** The tokens that were created at run time. */
    public StoredTokens tokens() {
        return tokens;
    }

    /** All queues of all accounts in no order. */
    public List<QueueDefinition> allQueues() {
        return List.copyOf(byNumber.values());
    }

    /** The queues of an account in no order, without a copy. */
    Collection<QueueDefinition> queuesOf(String accountId) {
        return Collections.unmodifiableCollection(account(accountId).byId.values());
    }

    /** The subscriptions of an account in no order, without a copy. */
    Collection<Subscription> subscriptionsOf(String accountId) {
        return Collections.unmodifiableCollection(
                account(accountId).subscriptions.values());
    }

    @Override
    public @Nullable Subscription findSubscription(String accountId, String subscriptionId) {
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
        return accounts.keySet().stream().sorted().toList();
    }

    /** In a cluster, the offset of the catalog's log that this view has reached; -1 before the first record. */
    public long offset() {
        return offset;
    }

    // The methods below are for the writer only.

    void reached(long newOffset) {
        offset = newOffset;
    }

    int queueCount() {
        return byNumber.size();
    }

    /** The number of accounts that have a queue. */
    int accountCount() {
        return accounts.size();
    }

    int subscriptionCount() {
        return subscriptionCount;
    }

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
        incrementVersion();
    }

    void remove(QueueDefinition queue) {
        Account account = account(queue.accountId());
        account.byId.remove(queue.queueId());
        account.byName.remove(queue.name());
        byNumber.remove(queue.number());
        removeIfEmpty(queue.accountId(), account);
        incrementVersion();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    private void incrementVersion() {
        version++;
    }

    void put(Subscription subscription) {
        Subscription before = accounts.computeIfAbsent(subscription.accountId(), id -> new Account())
                .subscriptions
                .put(subscription.id(), subscription);
        subscriptionCount += before == null ? 1 : 0;
    }

    void remove(Subscription subscription) {
        Account account = account(subscription.accountId());
        subscriptionCount -= account.subscriptions.remove(subscription.id()) == null ? 0 : 1;
        removeIfEmpty(subscription.accountId(), account);
    }

    /**
     * Removes an account without content: a client with a token for all accounts could create them without limit. A
     * subscription has a queue but is removed after it.
     */
    private void removeIfEmpty(String accountId, Account account) {
        if (account.byId.isEmpty() && account.subscriptions.isEmpty()) {
            accounts.remove(accountId);
        }
    }
}
