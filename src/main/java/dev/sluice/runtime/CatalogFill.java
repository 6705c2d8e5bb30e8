package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.Subscription;
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
record CatalogFill(
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

    /** Reads the catalog; completes on the context. */
    static Future<CatalogFill> read(QueueStore store, Context context) {
        // Before the read, so that it is never later than what was read.
        long generation = store.generation();
        return Future.fromCompletionStage(store.readCatalog(), context).map(records -> of(generation, records));
    }

    private static CatalogFill of(long generation, List<CatalogRecord> records) {
        Map<Long, QueueDefinition> queues = new HashMap<>();
        Map<String, Subscription> subscriptions = new HashMap<>();
        long lastNumber = 0;
        byte[] key = null;
        ClockState clock = null;
        for (CatalogRecord record : records) {
            CatalogRecords.Read read = CatalogRecords.read(record);
            if (read.queue() != null) {
                queues.put(read.queue().number(), read.queue());
                lastNumber = Math.max(lastNumber, read.queue().number());
            } else if (read.subscription() != null) {
                subscriptions.put(read.subscription().id(), read.subscription());
            } else if (read.lastNumber() != null) {
                lastNumber = Math.max(lastNumber, read.lastNumber());
            } else if (read.installationKey() != null) {
                key = read.installationKey();
            } else {
                clock = read.clock();
            }
        }
        return new CatalogFill(generation, queues, subscriptions, lastNumber, key, clock);
    }

    /** Makes the view show this and nothing else; answers what that changed. For the writer of the view only. */
    Difference replace(CatalogView view) {
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
