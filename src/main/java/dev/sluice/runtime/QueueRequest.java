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
    record Deliver(Pull command, TransitMemory.Hold hold) implements QueueRequest<QueueClient.Delivered> {}

    /** A peek; the answer carries the contents. */
    record Show(Peek command, TransitMemory.Hold hold) implements QueueRequest<List<QueueClient.Peeked>> {}

    /** New settings, in force when answered. */
    record Configure(QueueDefinition definition) implements QueueRequest<Boolean> {}

    /**
     * Take over messages that the origin holds as departing; answers how many were still there.
     *
     * @param generation of the store that the origin was loaded from
     * @param circle whether dead letters of the queue that takes them come back to the origin
     */
    record TakeDeadLetters(long originNumber, long generation, List<MessageHeader> headers, boolean circle)
            implements QueueRequest<Integer> {
        /** The same with what the sender finds out about the way. */
        TakeDeadLetters withCircle(boolean leadsBack) {
            return new TakeDeadLetters(originNumber, generation, headers, leadsBack);
        }
    }
}
