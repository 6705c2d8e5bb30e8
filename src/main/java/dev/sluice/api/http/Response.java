package dev.sluice.api.http;

import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.buffer.Buffer;

/**
 * A successful response, status 200: the complete envelope as UTF-8 JSON. Failures are failed futures.
 *
 * @param envelope the whole response body
 * @param pending is notified whether the envelope was handed to the connection
 */
public record Response(Buffer envelope, PendingResponse pending) {
    /** A response without a notification. */
    public Response(Buffer envelope) {
        this(envelope, PendingResponse.NONE);
    }
}
