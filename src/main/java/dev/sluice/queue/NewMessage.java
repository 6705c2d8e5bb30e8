package dev.sluice.queue;

/**
 * A message as a producer hands it in, already decoded and measured against the limits.
 *
 * @param idHigh first 8 bytes of the id drawn for it at the edge
 * @param idLow last 8 bytes of that id
 * @param body UTF-8 text, or compact JSON text in UTF-8
 * @param delaySeconds 0 … 86400, or {@link #DELAY_UNSET} to let the queue's {@code delivery_delay} decide (docs/api.md 11.2);
 *     a batch's own delay is filled in by the edge
 */
public record NewMessage(long idHigh, long idLow, ContentType contentType, byte[] body, int delaySeconds) {
    /** No delay was given with the message or its batch. */
    public static final int DELAY_UNSET = -1;
}
