package dev.sluice.api.message;

import dev.sluice.api.http.Response;
import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/** Writes answers with messages: one that cannot be written is reported as unsent, so that its deliveries do not count. */
final class ResponseRendering {
    private ResponseRendering() {}

    /** The answer with that envelope. */
    static Response of(PendingResponse pending, Supplier<Buffer> envelope) {
        boolean written = false;
        try {
            Response answer = new Response(envelope.get(), pending);
            written = true;
            return answer;
        } finally {
            if (!written) {
                pending.unsent();
            }
        }
    }
}
