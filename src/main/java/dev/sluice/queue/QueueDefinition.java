package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * A queue of an account: name, settings and consumer, without its messages.
 *
 * @param number identifies the queue in the store and on the bus, from 1, unique in the installation, never reused
 * @param accountId 32 lower-case hex digits
 * @param queueId 32 lower-case hex digits, immutable
 * @param name unique in the account (docs/api.md 3.7)
 * @param jurisdiction as given at creation, empty if none
 * @param consumer null if there is none
 * @param createdMicros microseconds since the epoch
 * @param modifiedMicros microseconds since the epoch; changes with name, settings and consumer
 */
public record QueueDefinition(
        long number,
        String accountId,
        String queueId,
        String name,
        String jurisdiction,
        QueueSettings settings,
        @Nullable Consumer consumer,
        long createdMicros,
        long modifiedMicros) {}
