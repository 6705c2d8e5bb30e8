package dev.sluice.store.rocksdb;

import dev.sluice.store.BatchGroup;
import dev.sluice.store.CommitListener;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes everything that waits as one group, with one sync if any batch of it asks for that, and then tells the listeners in
 * order. While it writes, the next group gathers; there is no linger and no timer, and an idle writer is parked.
 *
 * <pre>
 * commit ──► queue ──► writer: take all ──► one write (+ sync) ──► listeners
 *               ▲                               │
 *               └────── the next group gathers ─┘
 * </pre>
 *
 * <p>One thread writes and another one tells. Telling the listeners wakes event loops, which on a busy machine take the core at once;
 * so the writer goes on with what has gathered meanwhile, if there is anything, and leaves the telling to the teller. If there is
 * nothing, it tells itself, which saves waking a thread.
 *
 * <p>The first failed write fails its whole group and everything after it: what the log holds from there on is unknown until the
 * store is opened again. That begins another generation, and a batch of an earlier one is refused for ever: whoever made it may
 * not have heard yet that the one before failed.
 */
final class GroupCommit {
    /** Where a group goes. Called on the writer. */
    @FunctionalInterface
    interface GroupWriter {
        /** Writes a serialized group as one atomic step; returns when it is stored, and synced if that was asked. */
        void write(byte[] group, boolean sync);
    }

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /** A batch on its way. */
    private record PendingCommit(StoreBatch batch, CommitListener listener, int bytes) {}

    /**
     * What became of batches, for their listeners.
     *
     * @param failure null if they are stored
     * @param broke whether this is the failure that ended the generation
     */
    private record GroupResult(List<PendingCommit> batches, StoreException failure, boolean broke) {}

    /** What the store is in: a generation, and why nothing is written in it any more, or null. */
    private record Stage(long generation, StoreException failure) {}

    private final GroupWriter groupWriter;
    private final Runnable onFailure;
    private final int groupBytesMax;
    private final CommitMeter meter;
    private final Queue<PendingCommit> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesWaiting = new AtomicLong();
    private final Queue<GroupResult> outcomes = new ConcurrentLinkedQueue<>();
    /** Held by the thread that tells. */
    private final ReentrantLock telling = new ReentrantLock();

    private final Parker writerResting = new Parker();
    private final Parker tellerResting = new Parker();
    private final Thread writer = newThread("write", this::writeGroups);
    private final Thread teller = newThread("tell", this::notifyUntilClosed);

    private volatile boolean closing;
    private volatile boolean closed;
    /**
     * Written by the writer as long as there is no failure in it, and by whoever opened the store again as long as there is one.
     */
    private volatile Stage stage = new Stage(0, null);

    /**
     * Starts the threads.
     *
     * @param onFailure run on one of them after the first failed write of a generation, when its listeners were told
     * @param groupBytesMax a group is written without waiting for more once it is this big
     */
    GroupCommit(GroupWriter groupWriter, Runnable onFailure, int groupBytesMax, CommitMeter meter) {
        this.groupWriter = groupWriter;
        this.onFailure = onFailure;
        this.groupBytesMax = groupBytesMax;
        this.meter = meter;
        writer.start();
        teller.start();
    }

    private static Thread newThread(String task, Runnable run) {
        Thread thread = new Thread(run, "sluice-store-" + task);
        thread.setDaemon(true);
        return thread;
    }

    /** Queues a batch. After {@link #close} the listener is told on the calling thread. */
    void commit(StoreBatch batch, CommitListener listener) {
        int bytes = batch.bytes();
        bytesWaiting.addAndGet(bytes);
        queue.add(new PendingCommit(batch, listener, bytes));
        if (closed) {
            refuseQueued();
        } else {
            writerResting.wake();
        }
    }

    long bytesWaiting() {
        return bytesWaiting.get();
    }

    /** Why nothing is written any more. */
    Optional<String> failure() {
        return Optional.ofNullable(stage.failure()).map(Throwable::getMessage);
    }

    /** How often it was resumed. */
    long generation() {
        return stage.generation();
    }

    /** The store was opened again after a failure: batches of the next generation are written. Only after a failure. */
    void resume() {
        stage = new Stage(stage.generation() + 1, null);
    }

    /** Writes what waits, tells its listeners and ends the threads. Blocks. */
    void close() {
        closing = true;
        writerResting.wake();
        boolean interrupted = false;
        for (Thread thread : List.of(writer, teller)) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The writer. */
    private void writeGroups() {
        while (writeGroup()) {
            if (queue.isEmpty()) {
                notifyOutcomes();
            } else {
                tellerResting.wake();
            }
        }
        tellerResting.wake();
    }

    /** Waits for a group and writes it; answers whether to go on. */
    private boolean writeGroup() {
        List<PendingCommit> group = new ArrayList<>();
        gather(group);
        while (group.isEmpty()) {
            if (closing) {
                closed = true;
                refuseQueued();
                return false;
            }
            writerResting.awaitWork(() -> queue.isEmpty() && !closing);
            gather(group);
        }
        commit(group);
        return true;
    }

    /** The teller. */
    private void notifyUntilClosed() {
        while (!closed) {
            tellerResting.awaitWork(() -> outcomes.isEmpty() && !closed);
            notifyOutcomes();
        }
        notifyOutcomes();
    }

    /** Tells what there is to tell, unless the other thread does. */
    private void notifyOutcomes() {
        while (!outcomes.isEmpty() && telling.tryLock()) {
            try {
                GroupResult outcome;
                while ((outcome = outcomes.poll()) != null) {
                    notifyListeners(outcome);
                }
            } finally {
                telling.unlock();
            }
        }
    }

    private void notifyListeners(GroupResult outcome) {
        outcome.batches().forEach(pending -> notifyListeners(pending, outcome.failure()));
        if (outcome.broke()) {
            onFailure.run();
        }
    }

    private void gather(List<PendingCommit> group) {
        long bytes = 0;
        while (bytes < groupBytesMax) {
            PendingCommit next = queue.poll();
            if (next == null) {
                return;
            }
            group.add(next);
            bytes += next.bytes();
        }
    }

    private void commit(List<PendingCommit> group) {
        // Looked at after the batches were taken: none of them can be of a later generation.
        Stage now = stage;
        if (now.failure() != null) {
            outcomes.add(new GroupResult(group, now.failure(), false));
            return;
        }
        List<PendingCommit> written = new ArrayList<>(group.size());
        List<PendingCommit> late = new ArrayList<>();
        BatchGroup batches = new BatchGroup();
        for (PendingCommit pending : group) {
            if (pending.batch().generation() == now.generation()) {
                written.add(pending);
                batches.add(pending.batch());
            } else {
                late.add(pending);
            }
        }
        if (!late.isEmpty()) {
            outcomes.add(new GroupResult(
                    late, new StoreException("the store was opened again since the batch was made"), false));
        }
        if (!written.isEmpty()) {
            long beganNanos = System.nanoTime();
            StoreException failure = write(batches);
            meter.wrote(written.size(), System.nanoTime() - beganNanos);
            if (failure != null) {
                stage = new Stage(now.generation(), failure);
            }
            outcomes.add(new GroupResult(written, failure, failure != null));
        }
    }

    private StoreException write(BatchGroup batches) {
        try {
            groupWriter.write(batches.serialize(), batches.durable());
            return null;
        } catch (StoreException expected) {
            LOG.error("The store takes no more writes until it is opened again: {}", expected.getMessage(), expected);
            return expected;
        } catch (RuntimeException | Error unexpected) {
            LOG.error("The store takes no more writes until it is opened again", unexpected);
            return new StoreException("the store cannot write: " + unexpected, unexpected);
        }
    }

    private void refuseQueued() {
        PendingCommit late;
        while ((late = queue.poll()) != null) {
            notifyListeners(late, new StoreException("the store is closed"));
        }
    }

    private void notifyListeners(PendingCommit pending, StoreException outcome) {
        bytesWaiting.addAndGet(-pending.bytes());
        try {
            pending.listener().committed(outcome);
        } catch (RuntimeException broken) {
            LOG.error("A commit listener failed", broken);
        }
    }
}
