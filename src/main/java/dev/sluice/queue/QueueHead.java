package dev.sluice.queue;

/**
 * The counters and bounds from which a queue starts without reading its backlog. Written in the same batch as the
 * change they describe; the last one of a batch wins.
 *
 * <p>The {@code from} fields are lower bounds: no live row lies below them. They keep a first read from scanning the
 * tombstones of deleted messages.
 *
 * @param nextSeq number of the next message
 * @param arrivalsFromSeq no arrival has a smaller number; everything stored from here on was never delivered
 * @param count backlog in messages: ready, delayed, leased and being dead-lettered
 * @param bytes backlog in body bytes
 * @param scheduledCount messages in the schedule
 * @param originalTimestampCount messages whose timestamp comes from another queue
 * @param scheduleFromMillis no scheduled message is available earlier
 * @param scheduledFromSeq no scheduled message has a smaller number
 * @param originalTimestampFromMillis no timestamp from another queue is smaller
 * @param storedAtMillis when the newest message was stored; keeps stored times from decreasing
 * @param purgedBelowSeq every message with a smaller number was purged
 * @param purgedAtMillis time of the last purge, 0 if there was none
 * @param deadlineMillis when the queue has work without a request, {@link Long#MAX_VALUE} if never
 */
public record QueueHead(
        long nextSeq,
        long arrivalsFromSeq,
        long count,
        long bytes,
        long scheduledCount,
        long originalTimestampCount,
        long scheduleFromMillis,
        long scheduledFromSeq,
        long originalTimestampFromMillis,
        long storedAtMillis,
        long purgedBelowSeq,
        long purgedAtMillis,
        long deadlineMillis) {
    /** A queue that never had a message. */
    public static final QueueHead NEW = new QueueHead(1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, Long.MAX_VALUE);
}
