package dev.sluice.runtime.clock;

import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.runtime.queue.QueueScheduler;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Future;

/**
 * Makes the clock compare itself with the machine's clocks every second. Stores the state that a restart resumes from
 * every minute, and at once after a clock event. A state that the store refused is stored at the next check; until then
 * a restart resumes from the previous one. Confined to its scheduler.
 */
public final class ClockMonitor {
    private static final long CHECK_MILLIS = 1_000;
    private static final long STORE_MILLIS = 60_000;

    private final QueueScheduler scheduler;
    private final ContinuousClock clock;
    private final QueueStore store;
    private long storedMillis;
    private long storedEvents;
    private boolean storing;
    private volatile boolean stopped;
    /** A node of a cluster does not resume its clock: other nodes have carried on its queues meanwhile. */
    private final boolean isStored;

    private ClockMonitor(QueueScheduler scheduler, ContinuousClock clock, QueueStore store) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.store = store;
        this.storedMillis = clock.nowMillis();
        this.storedEvents = clock.events();
        this.isStored = !(store instanceof ShardedStore);
    }

    /** Starts the checks. The commit of the current state must have been started. */
    public static ClockMonitor start(QueueScheduler scheduler, ContinuousClock clock, QueueStore store) {
        ClockMonitor monitor = new ClockMonitor(scheduler, clock, store);
        scheduler.schedule(CHECK_MILLIS, monitor::check);
        return monitor;
    }

    /** Stops the checks. Completes when the last state is stored or could not be. */
    public Future<Void> stop() {
        stopped = true;
        return isStored ? commit(clock, store).otherwiseEmpty() : Future.succeededFuture();
    }

    private void check() {
        if (stopped) {
            return;
        }
        clock.compareClocks();
        if (isStored
                && !storing
                && (clock.events() != storedEvents || clock.nowMillis() - storedMillis >= STORE_MILLIS)) {
            store();
        }
        scheduler.schedule(CHECK_MILLIS, this::check);
    }

    private void store() {
        storing = true;
        long events = clock.events();
        long nowMillis = clock.nowMillis();
        commit(clock, store)
                .onComplete(stored -> scheduler.execute(() -> {
                    storing = false;
                    if (stored.succeeded()) {
                        storedEvents = events;
                        storedMillis = nowMillis;
                    }
                }));
    }

    /** Stores the state of a clock. Completes on any thread. */
    public static Future<Void> commit(ContinuousClock clock, QueueStore store) {
        StoreBatch batch = store.newBatch(store.catalogGeneration());
        CatalogRecord record = CatalogRecords.clock(clock.state());
        batch.putCatalog(record.key(), record.value());
        return Future.fromCompletionStage(store.commit(batch));
    }
}
