package dev.sluice.runtime.deadletter;

import dev.sluice.runtime.bus.QueueRequest;
import io.vertx.core.Future;

/** Transports dead letters to another queue. */
public interface DeadLetterTransport {
    /** What became of a move. */
    enum MoveResult {
        /** The dead letter queue has the messages, or had them before. */
        TAKEN,
        /** The dead letter queue was deleted, and everything that it had taken with it. */
        GONE
    }

    /**
     * Sends dead letters to a queue by name and creates that queue if it does not exist. Completes when it has stored
     * these messages of the origin, or has found that they were moved before.
     */
    Future<Void> send(String accountId, String deadLetterQueue, QueueRequest.ReceiveDeadLetters transfer);

    /**
     * Finds a queue by name, or creates it for that origin. Completes with its number. For moves only, as is {@link
     * #move}.
     */
    default Future<Long> resolve(long originNumber, String accountId, String deadLetterQueue) {
        return Future.failedFuture("this transport makes no moves");
    }

    /** Sends a move to the queue with that number. A failed future means that the move must be repeated. */
    default Future<MoveResult> move(long targetNumber, QueueRequest.TakeDeadLetters move) {
        return Future.failedFuture("this transport makes no moves");
    }
}
