package dev.sluice.queue;

/**
 * The part of a message that never changes after publication and that the domain does not interpret.
 *
 * <p>The arrays are not copied; they must not be changed after construction.
 *
 * @param idHigh first 8 bytes of the message id (docs/api.md 1.1: 16 random bytes, shown as 32 hex digits)
 * @param idLow last 8 bytes of the message id
 * @param delaySeconds the delay the message was published with, 0 if none (shown as {@code CF-msg-delay-secs})
 * @param body by type: UTF-8 text, compact JSON text in UTF-8, or any bytes
 */
public record Content(long idHigh, long idLow, ContentType contentType, int delaySeconds, byte[] body) {}
