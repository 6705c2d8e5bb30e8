package dev.sluice.queue;

/**
 * A message in the schedule: published with a delay, or released by a retry or an expired lease.
 *
 * <p>It is <i>delayed</i> while {@code availableAtMillis} is in the future and <i>ready</i> from then on. Nothing
 * happens at that moment; readiness is a comparison with the clock.
 *
 * @param deliveries how often it was delivered so far
 * @param availableAtMillis from when it may be delivered
 */
public record ScheduledMessage(MessageHeader header, int deliveries, long availableAtMillis) {}
