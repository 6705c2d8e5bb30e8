package dev.sluice.queue;

/**
 * The few numbers from which a queue starts again without looking at its backlog. Written in the same batch as the change
 * they describe, the last one of a batch wins.
 *
 * <p>The {@code …From} fields are lower bounds: nothing live lies below them. They keep a first read from walking over the
 * remains of deleted messages.
 *
 * @param nextSeq number of the next message
 * @param arrivalsFrom first arrival that was never delivered; everything stored from here on is ready and untouched
 * @param count backlog in messages, ready, delayed, leased and departing
 * @param bytes backlog in body bytes
 * @param waitingCount messages with a place in the schedule
 * @param inheritedCount messages whose timestamp is older than their arrival
 * @param scheduleFromMillis no waiting message is available before
 * @param waitingFromSeq no waiting message has a smaller number
 * @param inheritedFromMillis no inherited timestamp is smaller
 * @param storedAtMillis arrival of the newest message; keeps time from running backwards
 * @param purgedBelowSeq everything below was purged
 * @param purgedAtMillis time of the last purge, 0 if there was none
 * @param deadlineMillis when the queue has something to do by itself, {@link Long#MAX_VALUE} if never
 */
public record QueueHead(
        long nextSeq,
        long arrivalsFrom,
        long count,
        long bytes,
        long waitingCount,
        long originalTimestampCount,
        long scheduleFromMillis,
        long waitingFromSeq,
        long inheritedFromMillis,
        long storedAtMillis,
        long purgedBelowSeq,
        long purgedAtMillis,
        long deadlineMillis) {
    /** A queue that never held a message. */
    public static final QueueHead NEW = new QueueHead(1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, Long.MAX_VALUE);
}
