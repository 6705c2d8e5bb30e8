package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes over messages from another queue, which deletes them there in the same store batch (reference 11.5): id, timestamp and
 * content stay, attempts start anew, retention counts from now, no delay applies. No limit applies either: the messages are
 * stored already, and refusing them would keep them in the other queue for good.
 */
public record AcceptDeadLetters(List<Letter> letters) implements QueueCommand<Integer> {
    /** A message of the origin, with its content as read from the store. */
    public record Letter(QueueEvent.Origin origin, Content content) {}

    /** Answers how many were taken. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        long storedAt = Math.max(nowMillis, state.backlog().storedAtMillis());
        long seq = state.backlog().nextSeq();
        List<QueueEvent> events = new ArrayList<>(letters.size());
        for (Letter letter : letters) {
            MessageHeader origin = letter.origin().header();
            // The time of the other queue may be ahead, as of a store from before there was one clock for all: a
            // message must
            // not be older than its publication, the oldest timestamp rests on that.
            storedAt = Math.max(storedAt, origin.timestampMillis());
            MessageHeader header =
                    new MessageHeader(seq++, origin.timestampMillis(), storedAt, origin.bodyBytes(), false);
            events.add(new QueueEvent.Enqueued(header, letter.content(), storedAt, letter.origin()));
        }
        return new Decision<>(events, letters.size());
    }
}
