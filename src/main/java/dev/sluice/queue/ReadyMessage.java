package dev.sluice.queue;

/**
 * A message that may be delivered now.
 *
 * @param deliveries how often it was delivered so far
 * @param availableAtMillis its time in the schedule, or {@link QueueEvent.Leased#FROM_ARRIVALS}
 */
public record ReadyMessage(MessageHeader header, int deliveries, long availableAtMillis) {
    /** Returns whether it was published without delay and never delivered. */
    public boolean isArrival() {
        return availableAtMillis == QueueEvent.Leased.FROM_ARRIVALS;
    }
}
