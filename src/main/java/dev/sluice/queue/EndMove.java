package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Ends a move of dead letters. Has no effect if another one is under way.
 *
 * @param number of the move
 * @param taken whether the dead letter queue has the messages; otherwise they stay, and go with a later move
 */
public record EndMove(long number, boolean taken) implements QueueCommand<Integer> {
    /** Returns how many messages left the queue: not those that a purge has deleted meanwhile. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        DeadLetterMove move = state.move();
        if (!move.isActive() || move.number() != number) {
            return new Decision<>(List.of(), 0);
        }
        List<QueueEvent> events = new ArrayList<>(move.letters().size() + 1);
        if (taken) {
            for (DeadLetterMove.Letter letter : move.letters()) {
                MessageHeader header = state.backlog().deadLetterTransfers().header(letter.seq());
                if (header != null) {
                    events.add(new QueueEvent.Moved(header));
                }
            }
        }
        int left = events.size();
        events.add(new QueueEvent.MoveEnded(number));
        return new Decision<>(events, left);
    }
}
