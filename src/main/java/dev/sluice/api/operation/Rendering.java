package dev.sluice.api.operation;

import dev.sluice.api.Answer;
import dev.sluice.runtime.PendingAnswer;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/** Writes answers with messages: one that cannot be written is reported as unsent, so that its deliveries do not count. */
final class Rendering {
    private Rendering() {}

    /** The answer with that envelope. */
    static Answer of(PendingAnswer pending, Supplier<Buffer> envelope) {
        boolean written = false;
        try {
            Answer answer = new Answer(envelope.get(), pending);
            written = true;
            return answer;
        } finally {
            if (!written) {
                pending.unsent();
            }
        }
    }
}
