package dev.sluice.store.kafka;

import dev.sluice.store.CommitMeter;
import dev.sluice.store.StoreException;
import dev.sluice.store.log.AppendTracker;
import dev.sluice.store.log.LogOwnership;
import dev.sluice.store.log.LogRecord;
import dev.sluice.store.log.LogRecordFormat;
import dev.sluice.store.log.ShardLog;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One epoch of this node as the owner of a shard: sends groups, and acknowledges them by the owner's rule once the copy
 * has them. Belongs to the thread of the shard.
 */
final class OwnerEpoch implements AutoCloseable {
    /** Groups that are under way at a time: as many as an idempotent producer keeps in order. */
    static final int DEPTH = 5;

    private final LogFollower follower;
    private final ShardLog.Appender appender;
    private final AppendTracker tracker;
    private final CommitMeter meter;
    private final Runnable wake;
    private final ArrayDeque<SentRecord> inFlight = new ArrayDeque<>(DEPTH);
    private final Queue<AppendResult> results = new ConcurrentLinkedQueue<>();
    private long nextIndex;
    /** When the last append was sent, and the last one that is acknowledged; as {@link System#nanoTime}. */
    private long sentNanos;

    private long confirmedNanos;
    private long groups;

    /** An append that is under way; a beat has no group. */
    private record SentRecord(
            CommitQueue.@Nullable CommitGroup group, byte[] payload, byte[] encoded, long sentNanos) {}

    private record AppendResult(long index, long offset, @Nullable StoreException failure) {}

    /**
     * Begins an epoch after its claim was found valid and applied.
     *
     * @param appender the one that appended the claim; closed with this epoch
     * @param claimedNanos before the claim was sent, on the clock of {@link System#nanoTime}
     * @param wake called on any thread when an append has a result
     */
    OwnerEpoch(LogFollower follower, ShardLog.Appender appender, long claimedNanos, CommitMeter meter, Runnable wake) {
        this.follower = follower;
        this.appender = appender;
        this.tracker =
                new AppendTracker(follower.ownership(), follower.position().offset());
        this.meter = meter;
        this.wake = wake;
        this.sentNanos = claimedNanos;
        this.confirmedNanos = claimedNanos;
    }

    boolean hasRoom() {
        return inFlight.size() < DEPTH;
    }

    boolean isIdle() {
        return inFlight.isEmpty();
    }

    boolean hasResults() {
        return !results.isEmpty();
    }

    /** The offset after the last acknowledged record. */
    long expectedOffset() {
        return tracker.expectedOffset();
    }

    /**
     * Appends a group.
     *
     * @throws StoreException if it is too large; then the epoch is over, because later batches may rest on it
     */
    void send(CommitQueue.CommitGroup group, int recordBytesMax) {
        byte[] payload = group.payload();
        LogOwnership owner = tracker.ownership();
        byte[] encoded = LogRecordFormat.encode(LogRecord.group(owner.epoch(), nextIndex, owner.owner(), payload));
        sentNanos = System.nanoTime();
        inFlight.add(new SentRecord(group, payload, encoded, sentNanos));
        if (encoded.length > recordBytesMax) {
            throw new StoreException("a change of " + encoded.length + " bytes is larger than a record of the log may "
                    + "be (" + recordBytesMax + ")");
        }
        append(encoded);
    }

    /** Appends a record without changes, which proves that this node still owns the shard. */
    void sendBeat() {
        LogOwnership owner = tracker.ownership();
        LogRecord beat = nextIndex == 0
                ? LogRecord.beat(
                        owner.epoch(), 0, owner.owner(), follower.position().contentHash())
                : LogRecord.beat(owner.epoch(), nextIndex, owner.owner());
        byte[] encoded = LogRecordFormat.encode(beat);
        sentNanos = System.nanoTime();
        inFlight.add(new SentRecord(null, beat.payload(), encoded, sentNanos));
        append(encoded);
    }

    /** When the last append was sent; at first when the claim was. */
    long sentNanos() {
        return sentNanos;
    }

    /** When the last acknowledged append was sent; at first when the claim was. */
    long confirmedNanos() {
        return confirmedNanos;
    }

    /** The groups that were acknowledged. */
    long groups() {
        return groups;
    }

    private void append(byte[] encoded) {
        long index = nextIndex++;
        appender.append(encoded, (offset, failure) -> {
            results.add(new AppendResult(index, offset, failure));
            wake.run();
        });
    }

    /**
     * Takes the results of appends and acknowledges what is stored. Blocks only if another node has written.
     *
     * @throws StoreException if the epoch is over
     */
    void acknowledge() {
        @Nullable StoreException appendFailure = null;
        AppendResult result;
        while ((result = results.poll()) != null) {
            if (result.failure() == null) {
                tracker.appended(result.index(), result.offset());
            } else {
                appendFailure = appendFailure == null ? result.failure() : appendFailure;
                tracker.failed();
            }
        }
        AppendTracker.Step step = tracker.next();
        while (!(step instanceof AppendTracker.Wait)) {
            if (step instanceof AppendTracker.Acknowledge stored) {
                acknowledge(stored.offset());
                step = tracker.next();
            } else if (step instanceof AppendTracker.ReadGap range) {
                @Nullable List<Optional<LogRecord>> gap = follower.gap(range.from(), range.to());
                step = tracker.gapRead(gap);
            } else {
                throw appendFailure != null ? appendFailure : new StoreException(((AppendTracker.End) step).reason());
            }
        }
    }

    private void acknowledge(long offset) {
        SentRecord sent = inFlight.element();
        CommitQueue.CommitGroup group = sent.group();
        if (group == null) {
            follower.acknowledgedBeat(sent.encoded(), offset, tracker.ownership());
        } else {
            follower.acknowledged(sent.encoded(), sent.payload(), offset, tracker.ownership());
        }
        inFlight.remove();
        confirmedNanos = sent.sentNanos();
        if (group != null) {
            groups++;
            meter.wrote(group.size(), System.nanoTime() - group.madeNanos());
            group.complete(null);
        }
    }

    /** Refuses what is under way: the log may have it all the same. */
    void refuse(StoreException failure) {
        SentRecord sent;
        while ((sent = inFlight.poll()) != null) {
            if (sent.group() != null) {
                sent.group().complete(failure);
            }
        }
    }

    @Override
    public void close() {
        appender.close();
    }
}
