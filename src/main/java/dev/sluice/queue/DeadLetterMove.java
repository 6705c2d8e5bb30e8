package dev.sluice.queue;

import java.util.List;

/**
 * A move of dead letters to a queue that is stored elsewhere. Its content is fixed once it is stored in the original
 * queue, so that it can be repeated: the dead letter queue takes each number of an origin once.
 *
 * @param number counts the moves of the original queue; never used twice
 * @param targetNumber of the dead letter queue
 * @param letters the messages that depart, in order of seq; they stay here until the dead letter queue has them
 */
public record DeadLetterMove(long number, long targetNumber, List<Letter> letters) {
    /** No move was ever made. */
    public static final DeadLetterMove NONE = new DeadLetterMove(0, 0, List.of());

    /**
     * A message of the move.
     *
     * @param reason why its last attempt failed
     * @param atMillis when it failed
     */
    public record Letter(long seq, DeadLetterReason reason, long atMillis) {}

    /** The state after this move. Its number remains known. */
    DeadLetterMove ended() {
        return new DeadLetterMove(number, targetNumber, List.of());
    }

    /** Whether the move is under way. */
    public boolean isActive() {
        return !letters.isEmpty();
    }
}
