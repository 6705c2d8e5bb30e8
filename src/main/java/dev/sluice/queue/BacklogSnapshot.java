package dev.sluice.queue;

/**
 * The backlog of a queue by state. Scheduled messages become ready as time passes, so the numbers are those of a time
 * that the reader gives. They stay true as long as no event changes the queue.
 *
 * <p>Exact, with one exception: of more than {@link QueueState#WINDOW_MESSAGES_MAX} scheduled messages, those that
 * memory does not hold are counted as ready once the ones before them are. Between {@code nextDueMillis} and {@code
 * lastDueMillis} the messages of a snapshot become ready at even intervals.
 *
 * @param count messages: ready, delayed and leased
 * @param bytes sum of their body sizes
 * @param leasedCount messages that are leased, or on their way to a dead letter queue
 * @param scheduledCount messages in the schedule, ready or delayed
 * @param dueCount those of them that were ready when the snapshot was made
 * @param nextDueMillis when the first of the others becomes ready; {@link Long#MAX_VALUE} if there are none
 * @param lastDueMillis when the last of them is ready
 * @param oldestTimestampMillis smallest publication time; 0 if there are no messages, {@link #UNKNOWN} if it has to be
 *     read from the store
 */
public record BacklogSnapshot(
        long count,
        long bytes,
        long leasedCount,
        long scheduledCount,
        long dueCount,
        long nextDueMillis,
        long lastDueMillis,
        long oldestTimestampMillis) {
    /** The oldest timestamp is not in memory. */
    public static final long UNKNOWN = -1;

    /** A queue without messages. */
    public static final BacklogSnapshot EMPTY = new BacklogSnapshot(0, 0, 0, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE, 0);

    /** A queue of which nothing is known. */
    public static final BacklogSnapshot UNREAD =
            new BacklogSnapshot(0, 0, 0, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE, UNKNOWN);

    /** What the head alone says. Leases are counted as ready, and the oldest timestamp is unknown. */
    public static BacklogSnapshot ofHead(QueueHead head) {
        if (head.count() == 0) {
            return EMPTY;
        }
        return new BacklogSnapshot(
                head.count(),
                head.bytes(),
                0,
                head.scheduledCount(),
                0,
                head.scheduleFromMillis(),
                head.scheduleFromMillis(),
                UNKNOWN);
    }

    /** The same with this part of the schedule. */
    public BacklogSnapshot withSchedule(long due, long nextMillis, long lastMillis) {
        return new BacklogSnapshot(
                count, bytes, leasedCount, scheduledCount, due, nextMillis, lastMillis, oldestTimestampMillis);
    }

    /** Whether nothing has to be read from the store. */
    public boolean isComplete() {
        return oldestTimestampMillis != UNKNOWN;
    }

    /** Messages whose delay has not ended. */
    public long delayedCount(long nowMillis) {
        long waiting = scheduledCount - dueCount;
        if (waiting == 0 || nowMillis >= lastDueMillis) {
            return 0;
        }
        if (nowMillis < nextDueMillis) {
            return waiting;
        }
        double passed = (double) (nowMillis - nextDueMillis) / (lastDueMillis - nextDueMillis);
        return waiting - 1 - (long) (passed * (waiting - 1));
    }

    /** Messages that a pull may deliver. */
    public long readyCount(long nowMillis) {
        return count - leasedCount - delayedCount(nowMillis);
    }

    /** Count, bytes and oldest timestamp; the snapshot must be {@linkplain #isComplete() complete}. */
    public BacklogStats stats() {
        return new BacklogStats(count, bytes, oldestTimestampMillis);
    }
}
