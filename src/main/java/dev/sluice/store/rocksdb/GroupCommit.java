package dev.sluice.store.rocksdb;

import dev.sluice.store.BatchGroup;
import dev.sluice.store.CommitListener;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that writes everything that waits as one group, with one sync if any batch of it asks for that, and then tells the
 * listeners in order. While it writes, the next group gathers; there is no linger and no timer, and an idle writer is parked.
 *
 * <pre>
 * commit ──► queue ──► writer thread: take all ──► one write (+ sync) ──► listeners
 *               ▲                                     │
 *               └──────────── the next group gathers ─┘
 * </pre>
 *
 * <p>The first failed write fails its whole group and everything after it: what the log holds from there on is unknown until the
 * store is opened again.
 */
final class GroupCommit {
    /** Where a group goes. Called on the writer thread only. */
    @FunctionalInterface
    interface GroupWriter {
        /** Writes a serialized group as one atomic step; returns when it is stored, and synced if that was asked. */
        void write(byte[] group, boolean sync);
    }

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /** A batch on its way. */
    private record Pending(StoreBatch batch, CommitListener listener, int bytes) {}

    private final GroupWriter groupWriter;
    private final int groupBytesMax;
    private final Queue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesWaiting = new AtomicLong();
    private final Thread thread;

    /** Set by the writer before it parks, cleared by whoever wakes it: no system call while it is awake. */
    private volatile boolean idle;

    private volatile boolean closing;
    private volatile boolean closed;
    /** The first failure, for good. Written by the writer thread. */
    private volatile StoreException failure;

    /**
     * Starts the writer thread.
     *
     * @param groupBytesMax a group is written without waiting for more once it is this big
     */
    GroupCommit(GroupWriter groupWriter, int groupBytesMax) {
        this.groupWriter = groupWriter;
        this.groupBytesMax = groupBytesMax;
        this.thread = new Thread(this::run, "sluice-store-commit");
        thread.setDaemon(true);
        thread.start();
    }

    /** Queues a batch. After {@link #close} the listener is told on the calling thread. */
    void commit(StoreBatch batch, CommitListener listener) {
        int bytes = batch.bytes();
        bytesWaiting.addAndGet(bytes);
        queue.add(new Pending(batch, listener, bytes));
        if (closed) {
            refuseQueued();
        } else {
            wake();
        }
    }

    long bytesWaiting() {
        return bytesWaiting.get();
    }

    /** Why nothing is written any more. */
    Optional<String> failure() {
        return Optional.ofNullable(failure).map(Throwable::getMessage);
    }

    /** Writes what waits, tells its listeners and ends the thread. Blocks. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        List<Pending> group = new ArrayList<>();
        while (true) {
            BatchGroup batches = gather(group);
            if (!group.isEmpty()) {
                finish(group, write(batches));
                group.clear();
            } else if (closing) {
                closed = true;
                refuseQueued();
                return;
            } else {
                park();
            }
        }
    }

    private BatchGroup gather(List<Pending> group) {
        BatchGroup batches = new BatchGroup();
        while (batches.bytes() < groupBytesMax) {
            Pending next = queue.poll();
            if (next == null) {
                break;
            }
            group.add(next);
            batches.add(next.batch());
        }
        return batches;
    }

    private StoreException write(BatchGroup batches) {
        if (failure != null) {
            return failure;
        }
        try {
            groupWriter.write(batches.serialize(), batches.durable());
            return null;
        } catch (StoreException expected) {
            failure = expected;
        } catch (RuntimeException | Error unexpected) {
            failure = new StoreException("the store cannot write: " + unexpected, unexpected);
        }
        LOG.error("The store takes no more writes until it is opened again: {}", failure.getMessage(), failure);
        return failure;
    }

    private void finish(List<Pending> group, StoreException outcome) {
        for (Pending pending : group) {
            tell(pending, outcome);
        }
    }

    private void refuseQueued() {
        Pending late;
        while ((late = queue.poll()) != null) {
            tell(late, new StoreException("the store is closed"));
        }
    }

    private void tell(Pending pending, StoreException outcome) {
        bytesWaiting.addAndGet(-pending.bytes());
        try {
            pending.listener().committed(outcome);
        } catch (RuntimeException broken) {
            LOG.error("A commit listener failed", broken);
        }
    }

    private void park() {
        idle = true;
        if (queue.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        idle = false;
    }
}
