package dev.sluice.queue;

import java.util.List;

/**
 * Takes over messages from another queue, which deletes them there in the same store batch (reference 11.5): id, timestamp and
 * content stay, attempts start anew, retention counts from now, no delay applies.
 */
public record AcceptDeadLetters(List<Letter> letters) implements QueueCommand<Integer> {
    /** A message of the origin, with its content as read from the store. */
    public record Letter(QueueEvent.Origin origin, Content content) {}

    /** Answers how many were taken. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
