package dev.sluice.queue;

/**
 * A message with a place in the schedule: published with a delay, or put back by a retry or an expired lease.
 *
 * <p>It is <i>delayed</i> while {@code availableAtMillis} lies ahead and <i>ready</i> from then on; nothing happens at that
 * moment, readiness is a comparison.
 *
 * @param deliveries how often it was delivered so far
 * @param availableAtMillis from when on it may be delivered
 */
public record ScheduledMessage(MessageHeader header, int deliveries, long availableAtMillis) {}
