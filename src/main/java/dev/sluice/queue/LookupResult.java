package dev.sluice.queue;

/**
 * A message as found in the store, for a message that memory does not hold.
 *
 * @param header the stored message
 * @param deliveries so far, 0 for an arrival
 * @param availableAtMillis its time in the schedule; {@link #NOT_SCHEDULED} for an arrival that was never delivered,
 *     and for a lease, which memory always holds
 */
public record LookupResult(MessageHeader header, int deliveries, long availableAtMillis) {
    /** The message is not in the schedule. */
    public static final long NOT_SCHEDULED = -1;
}
