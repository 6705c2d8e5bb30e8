package dev.sluice.queue;

/**
 * The part of a message that never changes after its publication and that the domain never looks into.
 *
 * <p>The arrays are owned by whoever holds the record last; nobody writes to them after construction.
 *
 * @param idHigh first 8 bytes of the message id (docs/api.md 1.1: 16 random bytes, shown as 32 hex digits)
 * @param idLow last 8 bytes of the message id
 * @param delaySeconds the delay the message was published with, 0 if none (shown as {@code CF-msg-delay-secs})
 * @param body UTF-8 text, or compact JSON text in UTF-8
 */
public record Content(long idHigh, long idLow, ContentType contentType, int delaySeconds, byte[] body) {}
