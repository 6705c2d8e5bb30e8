package dev.sluice.store.kafka;

import dev.sluice.store.CommitListener;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.rocksdb.BatchGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The batches that wait for the log. Safe for use from several threads; groups are made by one. */
final class CommitQueue {
    private static final Logger LOG = LoggerFactory.getLogger(CommitQueue.class);

    private record QueuedBatch(StoreBatch batch, CommitListener listener, int bytes) {}

    private final Queue<QueuedBatch> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesWaiting = new AtomicLong();

    /** Batches that become one record of the log. */
    final class CommitGroup {
        private final List<QueuedBatch> commits = new ArrayList<>();
        private final BatchGroup batches = new BatchGroup();
        /** When it was made, on the clock of {@link System#nanoTime}. */
        private final long madeNanos = System.nanoTime();

        private CommitGroup() {}

        byte[] payload() {
            return batches.toLog();
        }

        int size() {
            return commits.size();
        }

        long madeNanos() {
            return madeNanos;
        }

        /** Notifies the listeners; {@code failure} is null if the batches are stored. */
        void complete(@Nullable StoreException failure) {
            commits.forEach(commit -> notifyListener(commit, failure));
        }
    }

    void add(StoreBatch batch, CommitListener listener) {
        int bytes = batch.bytes();
        bytesWaiting.addAndGet(bytes);
        queue.add(new QueuedBatch(batch, listener, bytes));
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Bytes that were added and whose listeners were not notified yet. */
    long bytesWaiting() {
        return bytesWaiting.get();
    }

    /**
     * Takes batches that wait, as one group. Batches of another generation are refused.
     *
     * @param bytesMax the group is closed once it has this size, or before a batch that would exceed it
     */
    CommitGroup nextGroup(long generation, long bytesMax) {
        CommitGroup group = new CommitGroup();
        long bytes = 0;
        QueuedBatch next;
        while ((next = queue.peek()) != null && (bytes == 0 || bytes + next.bytes() <= bytesMax)) {
            QueuedBatch taken = queue.poll();
            if (taken == null) {
                break;
            }
            if (taken.batch().generation() == generation) {
                group.commits.add(taken);
                group.batches.add(taken.batch());
                bytes += taken.bytes();
            } else {
                notifyListener(taken, new StoreException("the log was claimed again since the batch was made"));
            }
        }
        return group;
    }

    /** Refuses all batches that wait. */
    void refuseAll(StoreException failure) {
        QueuedBatch pending;
        while ((pending = queue.poll()) != null) {
            notifyListener(pending, failure);
        }
    }

    private void notifyListener(QueuedBatch commit, @Nullable StoreException failure) {
        bytesWaiting.addAndGet(-commit.bytes());
        try {
            commit.listener().committed(failure);
        } catch (RuntimeException broken) {
            LOG.error("A commit listener failed", broken);
        }
    }
}
