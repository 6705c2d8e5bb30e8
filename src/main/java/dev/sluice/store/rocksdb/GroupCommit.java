package dev.sluice.store.rocksdb;

import dev.sluice.queue.TraceContext;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: writes all pending batches as one group, with one sync if any of them requires it, then notifies the
 * listeners in order. The next group collects during a write; there is no linger time and no timer, and an idle writer
 * is parked.
 *
 * <pre>
 * commit ──► queue ──► writer: drain ──► one write (+ sync) ──► listeners
 *              ▲                              │
 *              └──── collects the next group ─┘
 * </pre>
 *
 * <p>There are two threads: the writer and the notifier. Notifying a listener wakes an event loop, which on a busy
 * machine takes the core at once. So when more batches are pending, the writer continues with them and leaves the
 * notifications to the notifier. Otherwise it notifies the listeners itself, which saves waking a thread.
 *
 * <p>The first failed write fails its group and all later ones: the content of the log after it is unknown until the
 * store is reopened. Reopening starts a new generation. Batches of an earlier generation are always refused, because
 * their creator may not know yet that the previous batch failed.
 */
final class GroupCommit {
    /** The destination of a group. Called on the writer thread. */
    @FunctionalInterface
    interface GroupWriter {
        /** Writes a serialized group atomically. Returns when it is stored, and synced if {@code sync} is true. */
        void write(byte[] group, boolean sync);
    }

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /** A batch that is queued or being written. */
    private record PendingCommit(StoreBatch batch, CommitListener listener, int bytes) {}

    /**
     * The result of a group, for the listeners of its batches.
     *
     * @param failure null if the batches are stored
     * @param endsGeneration whether this failure ended the generation
     */
    private record GroupResult(List<PendingCommit> batches, @Nullable StoreException failure, boolean endsGeneration) {}

    /** The current generation, and the failure that stopped its writes, or null. */
    private record GenerationState(long generation, @Nullable StoreException failure) {
        GenerationState failedWith(StoreException cause) {
            if (failure != null) {
                throw new IllegalStateException("generation " + generation + " has failed before");
            }
            return new GenerationState(generation, cause);
        }

        GenerationState next() {
            if (failure == null) {
                throw new IllegalStateException("generation " + generation + " has not failed");
            }
            return new GenerationState(generation + 1, null);
        }
    }

    private final GroupWriter groupWriter;
    private final Runnable onFailure;
    private final int groupBytesMax;
    private final CommitMeter meter;
    private final Queue<PendingCommit> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesWaiting = new AtomicLong();
    private final Queue<GroupResult> results = new ConcurrentLinkedQueue<>();
    /** Held while notifying listeners, so that they are notified in order. */
    private final ReentrantLock notifyLock = new ReentrantLock();

    private final Parker writerParker = new Parker();
    private final Parker notifierParker = new Parker();
    private final Thread writer = newThread("write", this::writeGroups);
    private final Thread notifier = newThread("notify", this::notifyUntilClosed);

    private volatile boolean closing;
    private volatile boolean closed;
    /**
     * Set by the writer thread while there is no failure, and by the thread that reopens the store while there is one.
     */
    private volatile GenerationState state = new GenerationState(0, null);

    /**
     * Starts the threads.
     *
     * @param onFailure run after the first failed write of a generation, when its listeners have been notified; on the
     * writer or notifier thread
     * @param groupBytesMax a group of this size is written without adding further batches
     */
    GroupCommit(GroupWriter groupWriter, Runnable onFailure, int groupBytesMax, CommitMeter meter) {
        this.groupWriter = groupWriter;
        this.onFailure = onFailure;
        this.groupBytesMax = groupBytesMax;
        this.meter = meter;
        writer.start();
        notifier.start();
    }

    private static Thread newThread(String task, Runnable run) {
        Thread thread = new Thread(run, "sluice-store-" + task);
        thread.setDaemon(true);
        return thread;
    }

    /** Queues a batch. After {@link #close} the listener is called with a failure on the calling thread. */
    void commit(StoreBatch batch, CommitListener listener) {
        int bytes = batch.bytes();
        bytesWaiting.addAndGet(bytes);
        queue.add(new PendingCommit(batch, listener, bytes));
        if (closed) {
            refuseQueued();
        } else {
            writerParker.wake();
        }
    }

    long bytesWaiting() {
        return bytesWaiting.get();
    }

    /** The reason why nothing is written any more; empty while writes work. */
    Optional<String> failure() {
        return Optional.ofNullable(state.failure()).map(Throwable::getMessage);
    }

    /** The number of calls of {@link #resume}. */
    long generation() {
        return state.generation();
    }

    /**
     * Starts the next generation after the store was reopened.
     *
     * @throws IllegalStateException if there was no failure
     */
    void resume() {
        state = state.next();
    }

    /** Writes all pending batches, notifies their listeners and ends both threads. Blocks. */
    void close() {
        closing = true;
        writerParker.wake();
        Uninterruptibly.await(writer::join);
        Uninterruptibly.await(notifier::join);
    }

    /** Main loop of the writer thread. */
    private void writeGroups() {
        while (writeGroup()) {
            if (queue.isEmpty()) {
                notifyCompleted();
            } else {
                notifierParker.wake();
            }
        }
        notifierParker.wake();
    }

    /** Waits for a group and writes it. Returns false when closed. */
    private boolean writeGroup() {
        List<PendingCommit> group = new ArrayList<>();
        drainTo(group);
        while (group.isEmpty()) {
            if (closing) {
                closed = true;
                refuseQueued();
                return false;
            }
            writerParker.awaitWork(() -> queue.isEmpty() && !closing);
            drainTo(group);
        }
        commit(group);
        return true;
    }

    /** Main loop of the notifier thread. */
    private void notifyUntilClosed() {
        while (!closed) {
            notifierParker.awaitWork(() -> results.isEmpty() && !closed);
            notifyCompleted();
        }
        notifyCompleted();
    }

    /** Notifies the listeners of all completed groups, unless the other thread is doing so. */
    private void notifyCompleted() {
        while (!results.isEmpty() && notifyLock.tryLock()) {
            try {
                GroupResult result;
                while ((result = results.poll()) != null) {
                    notifyListeners(result);
                }
            } finally {
                notifyLock.unlock();
            }
        }
    }

    private void notifyListeners(GroupResult result) {
        result.batches().forEach(pending -> notifyListeners(pending, result.failure()));
        if (result.endsGeneration()) {
            onFailure.run();
        }
    }

    private void drainTo(List<PendingCommit> group) {
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
        // Read after the batches were taken from the queue: none of them can be of a later generation.
        GenerationState current = state;
        if (current.failure() != null) {
            results.add(new GroupResult(group, current.failure(), false));
            return;
        }
        List<PendingCommit> written = new ArrayList<>(group.size());
        List<PendingCommit> stale = new ArrayList<>();
        BatchGroup batches = new BatchGroup();
        for (PendingCommit pending : group) {
            if (pending.batch().generation() == current.generation()) {
                written.add(pending);
                batches.add(pending.batch());
            } else {
                stale.add(pending);
            }
        }
        if (!stale.isEmpty()) {
            results.add(new GroupResult(
                    stale, new StoreException("the store was opened again since the batch was made"), false));
        }
        if (!written.isEmpty()) {
            long beganNanos = System.nanoTime();
            StoreException failure = write(batches);
            long nanos = System.nanoTime() - beganNanos;
            meter.wrote(written.size(), nanos);
            trace(written, nanos, failure == null);
            if (failure != null) {
                state = current.failedWith(failure);
            }
            results.add(new GroupResult(written, failure, failure != null));
        }
    }

    private void trace(List<PendingCommit> written, long nanos, boolean stored) {
        List<TraceContext> spans = List.of();
        for (PendingCommit pending : written) {
            List<TraceContext> more = pending.batch().spans();
            if (spans.isEmpty()) {
                spans = more;
            } else if (!more.isEmpty()) {
                spans = new ArrayList<>(spans);
                spans.addAll(more);
            }
        }
        if (!spans.isEmpty()) {
            meter.traced(spans, written.size(), nanos, stored);
        }
    }

    private @Nullable StoreException write(BatchGroup batches) {
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
        PendingCommit pending;
        while ((pending = queue.poll()) != null) {
            notifyListeners(pending, new StoreException("the store is closed"));
        }
    }

    private void notifyListeners(PendingCommit pending, @Nullable StoreException failure) {
        bytesWaiting.addAndGet(-pending.bytes());
        try {
            pending.listener().committed(failure);
        } catch (RuntimeException broken) {
            LOG.error("A commit listener failed", broken);
        }
    }
}
