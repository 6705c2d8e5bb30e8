package dev.sluice.runtime;

import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.Peek;
import dev.sluice.queue.Pull;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueDefinition;
import java.util.List;

/**
 * What the verticle of a queue understands. Immutable; crosses the bus by reference.
 *
 * @param <R> type of the answer
 */
sealed interface QueueRequest<R> {
    /** A command of the domain whose reply is the answer. */
    record Execute<R>(QueueCommand<R> command) implements QueueRequest<R> {}

    /** A pull; the answer carries the contents. */
    record Deliver(Pull command, AnswerMemory.Hold hold) implements QueueRequest<QueueClient.Delivered> {
        /** A pull whose answer is bounded otherwise. */
        Deliver(Pull command) {
            this(command, AnswerMemory.Hold.NONE);
        }
    }

    /** A peek; the answer carries the contents. */
    record Show(Peek command, AnswerMemory.Hold hold) implements QueueRequest<List<QueueClient.Peeked>> {
        /** A peek whose answer is bounded otherwise. */
        Show(Peek command) {
            this(command, AnswerMemory.Hold.NONE);
        }
    }

    /** New settings, in force when answered. */
    record Configure(QueueDefinition definition) implements QueueRequest<Boolean> {}

    /**
     * Take over messages that the origin holds as departing; answers how many were still there.
     *
     * @param generation of the store that the origin was loaded from
     */
    record TakeDeadLetters(long originNumber, long generation, List<MessageHeader> headers)
            implements QueueRequest<Integer> {}
}
