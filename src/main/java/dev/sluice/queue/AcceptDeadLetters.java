package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes over messages from another queue, which deletes them there in the same store batch (docs/api.md 11.5): id, timestamp and
 * content stay, attempts start anew, retention counts from now, no delay applies. No limit applies either: the messages are
 * stored already, and refusing them would keep them in the other queue for good.
 *
 * <p>It is different if the move is part of a circle and not the first of this message: then the message is delivered again only after a pause
 * as long as it is old, and it ends here if it is older than this queue's retention, counted from its publication. So the number of its moves
 * grows with the logarithm of the time, and it ends.
 *
 * @param circle whether letters of this queue come back to the queue that they come from
 */
public record AcceptDeadLetters(List<DeadLetter> letters, boolean circle) implements QueueCommand<Integer> {
    /** The shortest pause of a message that goes round. */
    static final long PAUSE_MILLIS_MIN = 1_000;
    /** The longest. */
    static final long PAUSE_MILLIS_MAX = 3_600_000;

    /** A message of the origin, with its content as read from the store. */
    public record DeadLetter(QueueEvent.Origin origin, Content content) {}

    /** Answers how many were taken, those that ended here among them. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        long storedAt = Math.max(nowMillis, state.backlog().storedAtMillis());
        long seq = state.backlog().nextSeq();
        List<QueueEvent> events = new ArrayList<>(letters.size());
        for (DeadLetter letter : letters) {
            MessageHeader origin = letter.origin().header();
            // The time of the other queue may be ahead, as of a store from before there was one clock for all: a
            // message must
            // not be older than its publication, the oldest timestamp rests on that.
            storedAt = Math.max(storedAt, origin.timestampMillis());
            // A message that was published in the origin has not moved before.
            boolean again = circle && origin.hasOriginalTimestamp();
            boolean ends = again && isPastRetention(origin, state, nowMillis);
            boolean pauses = again && !ends;
            MessageHeader header =
                    new MessageHeader(seq++, origin.timestampMillis(), storedAt, origin.bodyBytes(), pauses);
            long availableAt = pauses ? storedAt + pauseMillis(storedAt - origin.timestampMillis()) : storedAt;
            events.add(new QueueEvent.Enqueued(header, letter.content(), availableAt, letter.origin()));
            if (ends) {
                // Stored and removed in one batch: only a batch of this queue can take the message from the origin.
                events.add(new QueueEvent.Removed(
                        header, QueueEvent.MessageLocation.ARRIVAL, 0, QueueEvent.Cause.EXPIRED));
            }
        }
        return new Decision<>(events, letters.size());
    }

    /** Whether a message would be too old if it had been here since its publication. */
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
