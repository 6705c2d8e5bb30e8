package dev.sluice.queue;

/**
 * A message that may be delivered now.
 *
 * @param deliveries how often it was delivered so far
 * @param waitedUntilMillis its place in the schedule, or {@link QueueEvent.Leased#FROM_ARRIVALS}
 */
public record ReadyMessage(MessageHeader header, int deliveries, long waitedUntilMillis) {
    /** Whether it was never delivered and published without delay. */
    public boolean isArrival() {
        return waitedUntilMillis == QueueEvent.Leased.FROM_ARRIVALS;
    }
}
