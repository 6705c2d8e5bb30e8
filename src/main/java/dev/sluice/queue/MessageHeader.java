package dev.sluice.queue;

/**
 * What memory keeps of a stored message: everything that counting, ordering and deleting need, without the body.
 *
 * @param seq number of the message within its queue, from 1, in order of arrival, never reused
 * @param timestampMillis publication time; a dead letter keeps that of its original queue (docs/api.md 11.5)
 * @param storedAtMillis arrival in this queue; never decreases with {@code seq}; retention counts from here
 * @param bodyBytes size of the body as the limits and the metrics count it
 * @param delayed published with a delay: its record lives in the store's space of delayed messages, and it was waiting
 *     from the start; otherwise it lives among the arrivals
 */
public record MessageHeader(long seq, long timestampMillis, long storedAtMillis, int bodyBytes, boolean delayed) {
    /** Whether the timestamp was inherited from another queue, which takes an index entry of its own. */
    public boolean hasOriginalTimestamp() {
        return timestampMillis != storedAtMillis;
    }
}
