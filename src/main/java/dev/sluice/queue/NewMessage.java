package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * A message from a producer, decoded and checked against the limits.
 *
 * @param idHigh first 8 bytes of the id that the edge generated for it
 * @param idLow last 8 bytes of that id
 * @param body by type: UTF-8 text, compact JSON text in UTF-8, or any bytes
 * @param delaySeconds 0 … 86400, or {@link #DELAY_UNSET} for the queue's {@code delivery_delay} (docs/api.md 11.2);
 *     the edge fills in the delay of a batch
 * @param trace what it was published with; null if there was none
 */
public record NewMessage(
        long idHigh, long idLow, ContentType contentType, byte[] body, int delaySeconds, @Nullable TraceContext trace) {
    /** Neither the message nor its batch gave a delay. */
    public static final int DELAY_UNSET = -1;

    /** A message without a trace. */
    public NewMessage(long idHigh, long idLow, ContentType contentType, byte[] body, int delaySeconds) {
        this(idHigh, idLow, contentType, body, delaySeconds, null);
    }

    /** The same message as a part of that trace. */
    public NewMessage with(@Nullable TraceContext context) {
        return new NewMessage(idHigh, idLow, contentType, body, delaySeconds, context);
    }
}
