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

/**
 * The catalog as the store has it.
 *
 * @param generation of the store, as it was before the read
 * @param queues by number
 * @param subscriptions by id
 * @param lastNumber the highest number ever given to a queue
 * @param installationKey what authenticates leases; null if there is none yet
 * @param clock what the clock goes on from; null if there is nothing yet
 */
public record CatalogSnapshot(
        long generation,
        Map<Long, QueueDefinition> queues,
        Map<String, Subscription> subscriptions,
        long lastNumber,
        byte[] installationKey,
        ClockState clock) {
    /**
     * What became of queues that somebody may have in memory.
     *
     * @param put new or changed
     * @param gone no longer there
     */
    record Difference(List<QueueDefinition> put, List<QueueDefinition> gone) {}

    /**
     * Reads the catalog; completes on the context.
     *
     * @param known what is in memory already; a definition that did not change is taken from there, so that there is no second copy of it
     */
    public static Future<CatalogSnapshot> read(QueueStore store, Context context, CatalogView known) {
        // Before the read, so that it is never later than what was read.
        SnapshotReader reading = new SnapshotReader(known, store.generation());
        return Future.fromCompletionStage(store.readCatalog(reading::take), context)
                .map(read -> reading.fill());
    }

    /** What was read so far. Used by one thread after the other. */
    private static final class SnapshotReader {
        private final CatalogView known;
        private final long generation;
        private final Map<Long, QueueDefinition> queues = new HashMap<>();
        private final Map<String, Subscription> subscriptions = new HashMap<>();
        private long lastNumber;
        private byte[] installationKey;
        private ClockState clock;

        SnapshotReader(CatalogView known, long generation) {
            this.known = known;
            this.generation = generation;
        }

        void take(CatalogRecord record) {
            CatalogRecords.Read read = CatalogRecords.read(record);
            if (read.queue() != null) {
                QueueDefinition queue = read.queue();
                QueueDefinition before = known.findByNumber(queue.number());
                queues.put(queue.number(), queue.equals(before) ? before : queue);
                lastNumber = Math.max(lastNumber, queue.number());
            } else if (read.subscription() != null) {
                Subscription subscription = read.subscription();
                Subscription before = known.findSubscription(subscription.accountId(), subscription.id());
                subscriptions.put(subscription.id(), subscription.equals(before) ? before : subscription);
            } else if (read.lastNumber() != null) {
                lastNumber = Math.max(lastNumber, read.lastNumber());
            } else if (read.installationKey() != null) {
                installationKey = read.installationKey();
            } else {
                clock = read.clock();
            }
        }

        CatalogSnapshot fill() {
            return new CatalogSnapshot(generation, queues, subscriptions, lastNumber, installationKey, clock);
        }
    }

    /** Makes the view show this and nothing else; answers what that changed. For the writer of the view only. */
    public Difference replace(CatalogView view) {
        List<QueueDefinition> gone = new ArrayList<>();
        List<QueueDefinition> put = new ArrayList<>();
        view.allQueues().stream()
                .filter(shown -> !queues.containsKey(shown.number()))
                .forEach(gone::add);
        queues.values().stream()
                .filter(read -> !read.equals(view.findByNumber(read.number())))
                .forEach(put::add);
        gone.forEach(view::remove);
        put.forEach(view::put);
        view.allSubscriptions().stream()
                .filter(shown -> !subscriptions.containsKey(shown.id()))
                .forEach(view::remove);
        subscriptions.values().forEach(view::put);
        return new Difference(put, gone);
    }
}
