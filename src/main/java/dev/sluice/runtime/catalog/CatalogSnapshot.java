package dev.sluice.runtime.catalog;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.clock.ClockState;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The catalog as read from the store.
 *
 * @param generation of the store, taken before the read
 * @param queues by number
 * @param subscriptions by id
 * @param tokens by id
 * @param lastNumber the highest number ever given to a queue
 * @param installationKey the key that authenticates leases; null if there is none yet
 * @param clock state from which the clock resumes; null if there is none yet
 */
public record CatalogSnapshot(
        long generation,
        Map<Long, QueueDefinition> queues,
        Map<String, Subscription> subscriptions,
        Map<String, StoredToken> tokens,
        long lastNumber,
        byte @Nullable [] installationKey,
        @Nullable ClockState clock) {
    /**
     * Changes between a view and a snapshot.
     *
     * @param put new or changed queues
     * @param removed queues that no longer exist
     */
    record Difference(List<QueueDefinition> put, List<QueueDefinition> removed) {}

    /**
     * Reads the catalog. Completes on the context.
     *
     * @param known the current view; unchanged definitions are taken from it, so that there are no second copies
     */
    public static Future<CatalogSnapshot> read(QueueStore store, Context context, CatalogView known) {
        // Taken before the read, so that it is never newer than what was read.
        SnapshotReader reader = new SnapshotReader(known, store.catalogGeneration());
        return Future.fromCompletionStage(store.readCatalog(reader::add), context)
                .map(read -> reader.snapshot());
    }

    /** Collects the records. Used by one thread at a time. */
    private static final class SnapshotReader {
        private final CatalogView known;
        private final long generation;
        private final Map<Long, QueueDefinition> queues = new HashMap<>();
        private final Map<String, Subscription> subscriptions = new HashMap<>();
        private final Map<String, StoredToken> tokens = new HashMap<>();
        private long lastNumber;
        private byte @Nullable [] installationKey;
        private @Nullable ClockState clock;

        SnapshotReader(CatalogView known, long generation) {
            this.known = known;
            this.generation = generation;
        }

        void add(CatalogRecord record) {
            CatalogRecords.CatalogEntry entry = CatalogRecords.read(record);
            if (entry instanceof CatalogRecords.CatalogEntry.QueueEntry read) {
                QueueDefinition queue = read.queue();
                QueueDefinition before = known.findByNumber(queue.number());
                queues.put(queue.number(), before != null && queue.equals(before) ? before : queue);
                lastNumber = Math.max(lastNumber, queue.number());
            } else if (entry instanceof CatalogRecords.CatalogEntry.SubscriptionEntry read) {
                Subscription subscription = read.subscription();
                Subscription before = known.findSubscription(subscription.accountId(), subscription.id());
                subscriptions.put(
                        subscription.id(), before != null && subscription.equals(before) ? before : subscription);
            } else if (entry instanceof CatalogRecords.CatalogEntry.TokenEntry read) {
                tokens.put(read.token().id(), read.token());
            } else if (entry instanceof CatalogRecords.CatalogEntry.CounterEntry read) {
                lastNumber = Math.max(lastNumber, read.lastNumber());
            } else if (entry instanceof CatalogRecords.CatalogEntry.KeyEntry read) {
                installationKey = read.installationKey();
            } else if (entry instanceof CatalogRecords.CatalogEntry.ClockEntry read) {
                clock = read.clock();
            }
        }

        CatalogSnapshot snapshot() {
            return new CatalogSnapshot(generation, queues, subscriptions, tokens, lastNumber, installationKey, clock);
        }
    }

    /**
     * Replaces the content of the view by this snapshot and returns the difference. For the writer of the view only.
     */
    public Difference replace(CatalogView view) {
        List<QueueDefinition> removed = new ArrayList<>();
        List<QueueDefinition> put = new ArrayList<>();
        view.allQueues().stream()
                .filter(shown -> !queues.containsKey(shown.number()))
                .forEach(removed::add);
        queues.values().stream()
                .filter(read -> !read.equals(view.findByNumber(read.number())))
                .forEach(put::add);
        removed.forEach(view::remove);
        put.forEach(view::put);
        view.allSubscriptions().stream()
                .filter(shown -> !subscriptions.containsKey(shown.id()))
                .forEach(view::remove);
        subscriptions.values().forEach(view::put);
        view.tokens().all().stream()
                .filter(shown -> !tokens.containsKey(shown.id()))
                .forEach(view.tokens()::remove);
        tokens.values().forEach(view.tokens()::put);
        return new Difference(put, removed);
    }
}
