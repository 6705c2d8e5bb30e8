package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * The part of a message that never changes after publication and that the domain does not interpret.
 *
 * <p>The arrays are not copied; they must not be changed after construction.
 *
 * @param idHigh first 8 bytes of the message id (docs/api.md 1.1: 16 random bytes, shown as 32 hex digits)
 * @param idLow last 8 bytes of the message id
 * @param delaySeconds the delay the message was published with, 0 if none (shown as {@code CF-msg-delay-secs})
 * @param body by type: UTF-8 text, compact JSON text in UTF-8, or any bytes
 * @param deadLetter where a dead letter comes from; null for any other message, and for dead letters of earlier versions
 * @param trace the trace that it was published in; null if there was none
 */
public record Content(
        long idHigh,
        long idLow,
        ContentType contentType,
        int delaySeconds,
        byte[] body,
        @Nullable DeadLetterOrigin deadLetter,
        @Nullable TraceContext trace) {
    /** The content of a message that is neither a dead letter nor part of a trace. */
    public Content(long idHigh, long idLow, ContentType contentType, int delaySeconds, byte[] body) {
        this(idHigh, idLow, contentType, delaySeconds, body, null, null);
    }

    /** The same content as a dead letter from there. */
    public Content from(@Nullable DeadLetterOrigin origin) {
        return new Content(idHigh, idLow, contentType, delaySeconds, body, origin, trace);
    }
}
