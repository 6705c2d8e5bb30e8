package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes over messages from another queue, which the store deletes there in the same batch (docs/api.md 11.5). Id,
 * timestamp and content stay the same, attempts start at zero, retention counts from now, and no delay applies. No
 * limit applies either: the messages are stored already, and a refusal would keep them in the other queue forever.
 *
 * <p>The second and later moves within a dead-letter cycle differ. The message is delivered repeated only after a pause
 * as long as its age, and it is removed if it is older than this queue's retention, counted from its publication. So
 * the number of its moves grows with the logarithm of the time and is bounded.
 *
 * @param cycle whether dead messages of this queue come back to the queue that the messages come from
 * @param receipt the move that the messages came with; null if the store deletes them in the other queue
 */
public record AcceptDeadLetters(List<DeadLetter> messages, boolean cycle, QueueEvent.@Nullable MoveReceived receipt)
        implements QueueCommand<Integer> {
    /** Messages that the store deletes in the other queue. */
    public AcceptDeadLetters(List<DeadLetter> messages, boolean cycle) {
        this(messages, cycle, null);
    }

    /** The shortest pause of a message in a cycle. */
    static final long PAUSE_MILLIS_MIN = 1_000;
    /** The longest pause of a message in a cycle. */
    static final long PAUSE_MILLIS_MAX = 3_600_000;

    /** A message of the original queue, with its content as read from the store. */
    public record DeadLetter(QueueEvent.Origin origin, Content content) {}

    /** Returns how many were accepted, including those that were removed at once. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        long storedAt = Math.max(nowMillis, state.backlog().storedAtMillis());
        long seq = state.backlog().nextSeq();
        List<QueueEvent> events = new ArrayList<>(messages.size());
        for (DeadLetter message : messages) {
            MessageHeader origin = message.origin().header();
            // The clock of the other queue may be ahead, in a store from before there was one clock for all queues.
            // A message must not be stored before its publication: the oldest timestamp depends on that.
            storedAt = Math.max(storedAt, origin.timestampMillis());
            // A message that was published in the original queue has not been moved before.
            boolean repeated = cycle && origin.hasOriginalTimestamp();
            boolean expires = repeated && isPastRetention(origin, state, nowMillis);
            boolean pauses = repeated && !expires;
            MessageHeader header =
                    new MessageHeader(seq++, origin.timestampMillis(), storedAt, origin.bodyBytes(), pauses);
            long availableAt = pauses ? storedAt + pauseMillis(storedAt - origin.timestampMillis()) : storedAt;
            events.add(new QueueEvent.Enqueued(header, message.content(), availableAt, message.origin()));
            if (expires) {
                // Stored and removed in one batch: only a batch of this queue can delete the message in the original
                // queue.
                events.add(new QueueEvent.Removed(
                        header, QueueEvent.MessageLocation.ARRIVAL, 0, QueueEvent.Cause.EXPIRED));
            }
        }
        if (receipt != null) {
            events.add(receipt);
        }
        return new Decision<>(events, messages.size());
    }

    /** Returns whether a message would be past its retention if it had been stored here at its publication. */
    private static boolean isPastRetention(MessageHeader origin, QueueState state, long nowMillis) {
        long publishedMillis = origin.timestampMillis();
        return state.isPastRetention(
                new MessageHeader(origin.seq(), publishedMillis, publishedMillis, origin.bodyBytes(), false),
                nowMillis);
    }

    private static long pauseMillis(long ageMillis) {
        return Math.max(PAUSE_MILLIS_MIN, Math.min(ageMillis, PAUSE_MILLIS_MAX));
    }
}
