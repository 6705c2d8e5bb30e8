package dev.sluice.runtime;

import dev.sluice.queue.MessageHeader;
import io.vertx.core.Future;
import java.util.List;

/** Brings messages to the queue of a name, which is created if it is missing. */
interface DeadLetterPost {
    /** Completes when the queue of that name has taken these messages of the origin, or finds them gone. */
    Future<Void> bring(String accountId, String deadLetterQueue, long originNumber, List<MessageHeader> headers);
}
