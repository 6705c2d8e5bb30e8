package dev.sluice.runtime.bus;

import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.DeliveryBudget;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What the verticle of a queue understands. Immutable; crosses the bus by reference.
 *
 * @param <R> type of the answer
 */
public sealed interface QueueRequest<R> {
    /** A command of the domain whose reply is the answer. */
    record Execute<R>(QueueCommand<R> command) implements QueueRequest<R> {}

    /**
     * A pull; the answer carries the contents.
     *
     * @param batchSize messages at most, or {@link dev.sluice.queue.Pull#FROM_CONSUMER}
     * @param visibilityTimeoutMillis of the leases, or {@link dev.sluice.queue.Pull#FROM_CONSUMER}
     * @param sizeOf what a message takes in the answer, in bytes; called in turns of the queue
     */
    record Deliver(
            int batchSize,
            int visibilityTimeoutMillis,
            ConsumerType consumerType,
            ToIntFunction<Content> sizeOf,
            DeliveryBudget.Reservation hold)
            implements QueueRequest<QueueClient.Delivered> {}

    /**
     * A peek; the answer carries the contents.
     *
     * @param batchSize messages at most, or {@link dev.sluice.queue.Pull#FROM_CONSUMER}
     * @param sizeOf what a message takes in the answer, in bytes; called in turns of the queue
     */
    record Show(int batchSize, ToIntFunction<Content> sizeOf, DeliveryBudget.Reservation hold)
            implements QueueRequest<QueueClient.Shown> {}

    /** New settings, in force when answered. */
    record Configure(QueueDefinition definition) implements QueueRequest<Boolean> {}

    /**
     * Take over messages that the origin holds as departing; answers how many were still there.
     *
     * @param generation of the store that the origin was loaded from
     * @param circle whether dead letters of the queue that takes them come back to the origin
     */
    record ReceiveDeadLetters(long originNumber, long generation, List<MessageHeader> headers, boolean circle)
            implements QueueRequest<Integer> {
        /** The same with what the sender finds out about the way. */
        public ReceiveDeadLetters withCircle(boolean leadsBack) {
            return new ReceiveDeadLetters(originNumber, generation, headers, leadsBack);
        }
    }
}
