package dev.sluice.api;

import dev.sluice.api.auth.Access;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;

/**
 * One operation of the contract. Instances are shared by the requests of one event loop and keep no request state.
 */
public interface Operation {
    /** The {@code operationId} in the contract. */
    String operationId();

    /** What the credential must allow. */
    Access access();

    /** What a caller with unknown credentials is told here. */
    default EdgeError refusal() {
        return EdgeError.NOT_AUTHORIZED;
    }

    /** Whether the answer is made of messages and may be large, so that it is refused while too much was not taken of others. */
    default boolean answersWithMessages() {
        return false;
    }

    /**
     * Answers a call, on the event loop. A failed future, or a thrown exception, that is a
     * {@link dev.sluice.queue.QueueException} or an {@link dev.sluice.api.error.EdgeException} becomes its row of the error table; anything else becomes an internal error.
     */
    Future<Response> handle(OperationCall call);
}
