package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogOwnership;
import dev.sluice.store.log.LogRecord;
import dev.sluice.store.log.ShardLog;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner of a shard does: stores what waits in groups, and proves its ownership to those that need it. Belongs
 * to the thread of the shard; the figures can be read on any thread.
 */
final class OwnerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(OwnerLoop.class);

    /** A group is closed at this size. */
    static final long GROUP_BYTES_MAX = 512 * 1024;

    private static final long IDLE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long what waits is stored before the shard is given up. */
    private static final long LEAVE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final CommitQueue queue;
    private final Confirmations confirmations;
    private final CatchUps catchUps;
    private final int recordBytesMax;
    private volatile long confirmedNanos;
    private volatile long groups;

    /** When the owner has to stop. */
    interface Leaving {
        /** Whether the shard is to be given up: after what waits, but soon. */
        boolean isAsked();

        /** Whether the store is closing: then everything that waits is stored. */
        boolean isClosing();
    }

    OwnerLoop(CommitQueue queue, Confirmations confirmations, CatchUps catchUps, int recordBytesMax) {
        this.queue = queue;
        this.confirmations = confirmations;
        this.catchUps = catchUps;
        this.recordBytesMax = recordBytesMax;
    }

    /** When the last acknowledged append of an epoch was sent; valid while the shard is owned. */
    long confirmedNanos() {
        return confirmedNanos;
    }

    /** The groups that were stored. */
    long groups() {
        return groups;
    }

    /** Prepares an epoch, before anything is sent in it. */
    void begin(OwnerEpoch epoch) {
        confirmedNanos = epoch.confirmedNanos();
    }

    /**
     * Stores what comes until the shard is to be left.
     *
     * @throws StoreException if the epoch is over
     */
    void run(OwnerEpoch epoch, long generation, LogFollower follower, ShardLog log, Leaving leaving) {
        long checkedNanos = System.nanoTime();
        long leavingNanos = 0;
        while (true) {
            acknowledge(epoch);
            boolean closing = leaving.isClosing();
            boolean leaves = closing || leaving.isAsked();
            if (leaves && leavingNanos == 0) {
                leavingNanos = System.nanoTime();
            }
            send(epoch, generation, follower);
            if (epoch.isIdle() && queue.isEmpty()) {
                if (leaves) {
                    return;
                }
                if (System.nanoTime() - checkedNanos >= IDLE_CHECK_NANOS) {
                    checkStillOwned(follower, log, epoch);
                    checkedNanos = System.nanoTime();
                }
            }
            if (leaves && !closing && System.nanoTime() - leavingNanos >= LEAVE_NANOS_MAX) {
                return;
            }
            if (!epoch.hasResults() && (!epoch.hasRoom() || !hasWork())) {
                LockSupport.parkNanos(this, IDLE_CHECK_NANOS);
            }
        }
    }

    private boolean hasWork() {
        return !queue.isEmpty() || !catchUps.isEmpty() || confirmations.hasAdded();
    }

    private void acknowledge(OwnerEpoch epoch) {
        long before = epoch.groups();
        epoch.acknowledge();
        groups = groups() + epoch.groups() - before;
        confirmedNanos = epoch.confirmedNanos();
        if (!confirmations.isEmpty()) {
            confirmations.confirm(confirmedNanos());
        }
    }

    private void send(OwnerEpoch epoch, long generation, LogFollower follower) {
        while (epoch.hasRoom() && !queue.isEmpty()) {
            CommitQueue.CommitGroup group = queue.nextGroup(generation, GROUP_BYTES_MAX);
            if (group.size() > 0) {
                epoch.send(group, recordBytesMax);
            }
        }
        if (!catchUps.isEmpty()) {
            catchUps.confirm(confirmations, () -> follower.position().offset());
        }
        if (epoch.hasRoom() && !confirmations.isEmpty() && confirmations.needAppend(epoch.sentNanos())) {
            epoch.sendBeat();
        }
    }

    /** An idle owner learns of another claim by looking at the end of the log. */
    private static void checkStillOwned(LogFollower follower, ShardLog log, OwnerEpoch epoch) {
        long end;
        try {
            end = log.endOffset();
        } catch (StoreException unreachable) {
            // The next append decides whether that lasts.
            LOG.debug("The end of the log cannot be read", unreachable);
            return;
        }
        if (end <= epoch.expectedOffset()) {
            return;
        }
        LogOwnership after = follower.ownership();
        for (Optional<LogRecord> record : follower.records(epoch.expectedOffset(), end)) {
            after = record.map(after::after).orElse(after);
        }
        if (!after.equals(follower.ownership())) {
            throw new StoreException("another node has claimed the log");
        }
    }
}
