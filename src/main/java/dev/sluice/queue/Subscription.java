package dev.sluice.queue;

import java.util.List;

/**
 * An event subscription (reference 8): stored and served, nothing is ever sent for it.
 *
 * @param id 32 lower-case hex digits
 * @param sourceJson the source object, verbatim compact JSON text with a non-empty string {@code type}
 * @param queueId the destination queue
 * @param events at least one
 * @param createdMicros microseconds since the epoch
 * @param modifiedMicros microseconds since the epoch
 */
public record Subscription(
        String id,
        String accountId,
        String name,
        boolean enabled,
        String sourceJson,
        String queueId,
        List<String> events,
        long createdMicros,
        long modifiedMicros) {}
