package dev.sluice.runtime.deadletter;

import dev.sluice.runtime.bus.QueueRequest;
import io.vertx.core.Future;

/** Brings messages to the queue of a name, which is created if it is missing. */
public interface DeadLetterTransport {
    /** Completes when the queue of that name has taken these messages of the origin, or finds them gone. */
    Future<Void> send(String accountId, String deadLetterQueue, QueueRequest.ReceiveDeadLetters letters);
}
