package dev.sluice.runtime;

import io.vertx.core.Future;

/** Brings messages to the queue of a name, which is created if it is missing. */
interface DeadLetterPost {
    /** Completes when the queue of that name has taken these messages of the origin, or finds them gone. */
    Future<Void> bring(String accountId, String deadLetterQueue, QueueRequest.TakeDeadLetters letters);
}
