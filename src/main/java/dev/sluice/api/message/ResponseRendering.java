package dev.sluice.api.message;

import dev.sluice.api.http.Response;
import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/**
 * Creates responses with messages. If writing the envelope fails, the response is reported as unsent, so that its
 * deliveries do not count.
 */
final class ResponseRendering {
    private ResponseRendering() {}

    static Response of(PendingResponse pending, Supplier<Buffer> envelope) {
        boolean written = false;
        try {
            Response response = new Response(envelope.get(), pending);
            written = true;
            return response;
        } finally {
            if (!written) {
                pending.unsent();
            }
        }
    }
}
