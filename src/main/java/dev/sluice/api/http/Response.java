package dev.sluice.api.http;

import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.buffer.Buffer;

/**
 * A successful answer, status 200: the complete envelope as UTF-8 JSON. Failures are not answers; they are failed futures.
 *
 * @param envelope the whole response body
 * @param pending takes the report whether the envelope was handed to the connection
 */
public record Response(Buffer envelope, PendingResponse pending) {
    /** An answer of which nobody wants to know whether it was sent. */
    public Response(Buffer envelope) {
        this(envelope, PendingResponse.NONE);
    }
}
