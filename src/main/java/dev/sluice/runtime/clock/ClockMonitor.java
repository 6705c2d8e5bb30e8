package dev.sluice.runtime.clock;

import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.runtime.queue.QueueScheduler;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Has the clock compare itself with those of the machine every second, and stores what a restart goes on from: every minute, and at
 * once when something happened. A state that the store refuses is stored with the next look; until then a restart goes on from the
 * one before. Owned by its turns.
 */
public final class ClockMonitor {
    private static final long LOOK_MILLIS = 1_000;
    private static final long STORE_MILLIS = 60_000;

    private final QueueScheduler turns;
    private final ContinuousClock clock;
    private final QueueStore store;
    private long storedMillis;
    private long storedChanges;
    private boolean storing;
    private volatile boolean stopped;

    private ClockMonitor(QueueScheduler turns, ContinuousClock clock, QueueStore store) {
        this.turns = turns;
        this.clock = clock;
        this.store = store;
        this.storedMillis = clock.nowMillis();
        this.storedChanges = clock.changes();
    }

    /** Begins to look. The state as it is must be on its way to the store. */
    public static ClockMonitor start(QueueScheduler turns, ContinuousClock clock, QueueStore store) {
        ClockMonitor watch = new ClockMonitor(turns, clock, store);
        turns.after(LOOK_MILLIS, watch::look);
        return watch;
    }

    /** Looks no more; completes when the last state is stored, or cannot be. */
    public Future<Void> stop() {
        stopped = true;
        return commit(clock, store).otherwiseEmpty();
    }

    private void look() {
        if (stopped) {
            return;
        }
        clock.look();
        if (!storing && (clock.changes() != storedChanges || clock.nowMillis() - storedMillis >= STORE_MILLIS)) {
            store();
        }
        turns.after(LOOK_MILLIS, this::look);
    }

    private void store() {
        storing = true;
        long changes = clock.changes();
        long nowMillis = clock.nowMillis();
        commit(clock, store)
                .onComplete(stored -> turns.next(() -> {
                    storing = false;
                    if (stored.succeeded()) {
                        storedChanges = changes;
                        storedMillis = nowMillis;
                    }
                }));
    }

    /** Stores the state of a clock; completes on any thread. */
    public static Future<Void> commit(ContinuousClock clock, QueueStore store) {
        StoreBatch batch = store.newBatch(store.generation());
        CatalogRecord record = CatalogRecords.clock(clock.state());
        batch.putCatalog(record.key(), record.value());
        Promise<Void> stored = Promise.promise();
        store.commit(batch, failure -> {
            if (failure == null) {
                stored.complete();
            } else {
                stored.fail(failure);
            }
        });
        return stored.future();
    }
}
