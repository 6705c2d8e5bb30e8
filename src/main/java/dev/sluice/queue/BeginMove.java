package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Fixes the content of the next move of dead letters. Has no effect while a move is under way, or if none of the
 * messages is dead-lettering any more.
 *
 * @param targetNumber of the dead letter queue
 * @param seqs dead-lettering messages, in order
 */
public record BeginMove(long targetNumber, List<Long> seqs) implements QueueCommand<DeadLetterMove> {
    /** Returns the move that is under way afterwards; one without letters if there is none. */
    @Override
    public Decision<DeadLetterMove> decide(QueueState state, long nowMillis) {
        DeadLetterMove last = state.move();
        if (last.isActive()) {
            return new Decision<>(List.of(), last);
        }
        List<DeadLetterMove.Letter> letters = new ArrayList<>(seqs.size());
        for (long seq : seqs) {
            QueueEvent.DeadLettering letter =
                    state.backlog().deadLetterTransfers().letter(seq);
            if (letter != null) {
                letters.add(new DeadLetterMove.Letter(seq, letter.reason(), letter.atMillis()));
            }
        }
        if (letters.isEmpty()) {
            return new Decision<>(List.of(), last);
        }
        DeadLetterMove next = new DeadLetterMove(last.number() + 1, targetNumber, List.copyOf(letters));
        return new Decision<>(List.of(new QueueEvent.MoveBegun(next)), next);
    }
}
