package dev.sluice.runtime;

import dev.sluice.store.Arrivals;
import dev.sluice.store.CommitListener;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.memory.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A store that loses what is not synced. Groups of batches are written after a random delay and acknowledged after
 * another. A group with a durable batch is synced, others are not. After a kill the synced data and a random prefix of
 * the rest remain. A failed write makes all later ones fail until the kill or until the store is reopened; the failed
 * write may still be found on disk. Reads start after a random delay, see the data at that moment, and return after
 * another delay.
 */
final class SimulatedStore implements QueueStore {
    private static final MemoryStore BATCHES = new MemoryStore();
    private static final int LATENCY_MILLIS_MAX = 4;
    /** Body bytes of one read; a few messages. */
    private static final int ARRIVALS_BYTES_MAX = 200;

    private record Pending(StoreBatch batch, CommitListener listener) {}

    private final SimulatedScheduler scheduler;
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private final List<StoreBatch> unsynced = new ArrayList<>();
    private SimulatedRecords written = new SimulatedRecords();
    private SimulatedRecords synced = new SimulatedRecords();
    private int lives;
    private long generation;
    private boolean writing;
    private boolean failed;
    private boolean failNext;
    private Runnable onFailure;
    private int readFailsOnceIn;

    SimulatedStore(SimulatedScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Makes the next write fail, and all others until the kill or {@link #reopen}.
     *
     * @param onFailure called after the failure
     */
    void failNextWrite(Runnable onFailure) {
        failNext = true;
        this.onFailure = onFailure;
    }

    boolean hasFailed() {
        return failed || failNext;
    }

    /** One read in that many fails; 0 for none. */
    void failReads(int onceIn) {
        readFailsOnceIn = onceIn;
    }

    /** Simulates a power loss and a restart. */
    void kill() {
        if (!failed) {
            waiting.stream().filter(this::isOfNow).forEach(pending -> unsynced.add(pending.batch()));
        }
        loseSomeOfWhatIsNotSynced();
        waiting.clear();
        lives++;
        generation = 0;
        writing = false;
        failed = false;
        failNext = false;
    }

    /** Reopens the store in the same process. Batches, callbacks and reads stay in flight. Only after a failure. */
    void reopen() {
        loseSomeOfWhatIsNotSynced();
        generation++;
        failed = false;
        failNext = false;
    }

    boolean canBeReopened() {
        return failed;
    }

    /** The failed batch, and unsynced writes before it, may be stored or not. */
    private void loseSomeOfWhatIsNotSynced() {
        int survivors = scheduler.random().nextInt(unsynced.size() + 1);
        unsynced.subList(0, survivors).forEach(synced::apply);
        unsynced.clear();
        written = synced.copy();
    }

    /** The records that are written. */
    SimulatedRecords records() {
        return written;
    }

    @Override
    public StoreBatch newBatch(long batchGeneration, int capacityBytes) {
        return BATCHES.newBatch(batchGeneration, capacityBytes);
    }

    @Override
    public void commit(StoreBatch batch, CommitListener listener) {
        waiting.add(new Pending(batch, listener));
        if (!writing) {
            writing = true;
            soon(this::write);
        }
    }

    private void write() {
        List<Pending> group = new ArrayList<>();
        for (int size = 1 + scheduler.random().nextInt(waiting.size()); size > 0; size--) {
            group.add(waiting.remove());
        }
        List<Pending> stale =
                group.stream().filter(pending -> !isOfNow(pending)).toList();
        soon(() -> refuse(stale));
        group.removeAll(stale);
        StoreException failure = null;
        if (hasFailed()) {
            failure = new StoreException("the disk is gone");
            if (!failed) {
                group.forEach(pending -> unsynced.add(pending.batch()));
                onFailure.run();
            }
            failed = true;
            failNext = false;
        } else {
            store(group);
        }
        StoreException outcome = failure;
        soon(() -> reportCommit(group, outcome));
    }

    /** Batches of an earlier generation are never written. */
    private boolean isOfNow(Pending pending) {
        return pending.batch().generation() == generation;
    }

    private static void refuse(List<Pending> stale) {
        stale.forEach(pending -> pending.listener().committed(new StoreException("opened again")));
    }

    private void store(List<Pending> group) {
        boolean durable = false;
        for (Pending pending : group) {
            written.apply(pending.batch());
            unsynced.add(pending.batch());
            durable |= pending.batch().durable();
        }
        if (durable) {
            unsynced.forEach(synced::apply);
            unsynced.clear();
        }
    }

    private void reportCommit(List<Pending> group, StoreException outcome) {
        group.forEach(pending -> pending.listener().committed(outcome));
        if (waiting.isEmpty()) {
            writing = false;
        } else {
            soon(this::write);
        }
    }

    @Override
    public <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        soon(() -> {
            boolean fails = readFailsOnceIn > 0 && scheduler.random().nextInt(readFailsOnceIn) == 0;
            T rows = fails ? null : read.apply(written);
            soon(() -> {
                if (fails) {
                    outcome.completeExceptionally(new StoreException("too many reads"));
                } else {
                    outcome.complete(rows);
                }
            });
        });
        return outcome;
    }

    /** Runs a task after a random delay unless there is a kill before. */
    private void soon(Runnable task) {
        int life = lives;
        scheduler.soon(LATENCY_MILLIS_MAX, () -> {
            if (life == lives) {
                task.run();
            }
        });
    }

    @Override
    public long bytesWaiting() {
        return waiting.stream().mapToLong(pending -> pending.batch().bytes()).sum();
    }

    @Override
    public CompletionStage<Arrivals> readArrivals(long queueNumber, long fromSeq, int limit) {
        long bytesMax = 1 + scheduler.random().nextInt(ARRIVALS_BYTES_MAX);
        return read(queueNumber, view -> QueueReads.arrivals(view, queueNumber, fromSeq, limit, bytesMax));
    }

    @Override
    public void copyTo(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> failure() {
        return failed ? Optional.of("the disk is gone") : Optional.empty();
    }

    @Override
    public long generation(long queueNumber) {
        return generation;
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {}
}
