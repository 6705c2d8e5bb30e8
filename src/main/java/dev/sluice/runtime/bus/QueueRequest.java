package dev.sluice.runtime.bus;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.store.StoredMessage;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Requests that a queue verticle handles. Immutable; they cross the bus by reference.
 *
 * @param <R> type of the result
 */
public sealed interface QueueRequest<R> {
    /** Runs a domain command. The command's reply is the result. */
    record Execute<R>(QueueCommand<R> command) implements QueueRequest<R> {}

    /**
     * A pull. The result includes the contents.
     *
     * @param batchSize messages at most, or {@link dev.sluice.queue.Pull#FROM_CONSUMER}
     * @param visibilityTimeoutMillis duration of the leases, or {@link dev.sluice.queue.Pull#FROM_CONSUMER}
     * @param sizeOf size of a message in the response, in bytes; called on the queue's thread
     */
    record Deliver(
            int batchSize,
            int visibilityTimeoutMillis,
            ConsumerType consumerType,
            ToIntFunction<Content> sizeOf,
            ByteBudget.Reservation reservation)
            implements QueueRequest<QueueClient.Delivered> {}

    /**
     * A peek. The result includes the contents.
     *
     * @param batchSize messages at most, or {@link dev.sluice.queue.Pull#FROM_CONSUMER}
     * @param sizeOf size of a message in the response, in bytes; called on the queue's thread
     */
    record PeekContents(int batchSize, ToIntFunction<Content> sizeOf, ByteBudget.Reservation reservation)
            implements QueueRequest<QueueClient.Shown> {}

    /**
     * A move of dead letters from a queue that is stored apart. Can be repeated: a move that was taken before is not
     * taken again. The result is the number of messages that were stored now.
     *
     * @param moveNumber of the origin's move
     * @param messages with where they come from
     * @param cyclic whether dead letters of the receiving queue return to the origin
     */
    record TakeDeadLetters(long originNumber, long moveNumber, List<StoredMessage> messages, boolean cyclic)
            implements QueueRequest<Integer> {
        /** Returns a copy with the result of the sender's route check. */
        public TakeDeadLetters withCyclic(boolean isCyclic) {
            return new TakeDeadLetters(originNumber, moveNumber, messages, isCyclic);
        }
    }

    /** Handles what is due now. For a clock that a test has moved forward: timers do not follow it. */
    record CheckDeadlines() implements QueueRequest<Boolean> {}

    /** Sets new settings. They are in force when the request succeeds. */
    record Configure(QueueDefinition definition) implements QueueRequest<Boolean> {}

    /**
     * Moves dead letters from the origin queue into this one. The result is how many the origin still had.
     *
     * @param generation of the store that the origin was loaded from
     * @param origins what is known of each message, by its number in the origin queue
     * @param cyclic whether dead letters of the receiving queue return to the origin
     */
    record ReceiveDeadLetters(
            long originNumber,
            long generation,
            List<MessageHeader> headers,
            Map<Long, DeadLetterOrigin> origins,
            boolean cyclic)
            implements QueueRequest<Integer> {
        /** A transfer of messages of which nothing else is known. */
        public ReceiveDeadLetters(long originNumber, long generation, List<MessageHeader> headers, boolean cyclic) {
            this(originNumber, generation, headers, Map.of(), cyclic);
        }

        /** Returns a copy with the result of the sender's route check. */
        public ReceiveDeadLetters withCyclic(boolean isCyclic) {
            return new ReceiveDeadLetters(originNumber, generation, headers, origins, isCyclic);
        }
    }
}
