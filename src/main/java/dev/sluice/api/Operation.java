package dev.sluice.api;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.tracing.TracedOperation;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** One operation of the contract. An instance serves all requests of one event loop and keeps no state of requests. */
public interface Operation {
    /** The error for a caller with unknown credentials. */
    default EdgeError authenticationError() {
        return EdgeError.NOT_AUTHORIZED;
    }

    /**
     * Whether the response contains messages and may be large. Such a request is refused while too many bytes of other
     * responses are unflushed.
     */
    default boolean respondsWithMessages() {
        return false;
    }

    /**
     * Whether failures are also shown in the headers {@code CF-Queues-Error-Code} and {@code CF-Queues-Error-Cause},
     * where workerd's queue binding expects them.
     */
    default boolean failsWithErrorHeaders() {
        return false;
    }

    /** The operation on messages as which its requests are traced; null if they are not. */
    default @Nullable TracedOperation traced() {
        return null;
    }

    /**
     * Handles a call, on the event loop. A {@link dev.sluice.queue.QueueException} or an
     * {@link dev.sluice.api.error.EdgeException}, thrown or in the failed future,
     * becomes its error of the error table. Any other failure becomes an internal error.
     */
    Future<Response> handle(OperationCall call);
}
