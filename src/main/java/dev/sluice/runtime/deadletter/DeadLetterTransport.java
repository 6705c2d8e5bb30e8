package dev.sluice.runtime.deadletter;

import dev.sluice.runtime.bus.QueueRequest;
import io.vertx.core.Future;

/** Transports dead letters to a queue by name and creates that queue if it does not exist. */
public interface DeadLetterTransport {
    /**
     * Completes when the named queue has stored these messages of the origin, or has found that they were moved before.
     */
    Future<Void> send(String accountId, String deadLetterQueue, QueueRequest.ReceiveDeadLetters transfer);
}
