package dev.sluice.queue;

/**
 * A stored message without its content: what is needed to count, order and delete it.
 *
 * @param seq number of the message within its queue, from 1, in the order of arrival, never reused
 * @param timestampMillis publication time; a dead letter keeps that of its original queue (docs/api.md 11.5)
 * @param storedAtMillis when it was stored in this queue; never decreases with {@code seq}; retention counts from here
 * @param bodyBytes size of the body as the limits and the metrics count it
 * @param delayed stored with a delay: its record is in the store's key space of delayed messages, and it was scheduled
 *     from the start; otherwise its record is among the arrivals
 */
public record MessageHeader(long seq, long timestampMillis, long storedAtMillis, int bodyBytes, boolean delayed) {
    /** Returns whether the timestamp comes from another queue, which needs its own index entry. */
    public boolean hasOriginalTimestamp() {
        return timestampMillis != storedAtMillis;
    }
}
