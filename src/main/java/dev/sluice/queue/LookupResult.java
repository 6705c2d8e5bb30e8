package dev.sluice.queue;

/**
 * What the store says about one message that memory does not hold.
 *
 * @param header the stored message
 * @param deliveries so far, 0 for an arrival
 * @param availableAtMillis its place in the schedule, or {@link #NOT_WAITING} for an arrival that was never delivered, and for
 *     a lease, which memory knows better
 */
public record LookupResult(MessageHeader header, int deliveries, long availableAtMillis) {
    /** It has no place in the schedule. */
    public static final long NOT_WAITING = -1;
}
