package dev.sluice.queue;

/**
 * The consumer of a queue (reference 5.1). A queue has at most one.
 *
 * @param consumerId 32 lower-case hex digits
 * @param scriptName name of the Worker, empty for http_pull
 * @param deadLetterQueue name of a queue of the same account, empty if there is none
 * @param createdMicros microseconds since the epoch
 */
public record Consumer(
        String consumerId,
        ConsumerType type,
        String scriptName,
        String deadLetterQueue,
        ConsumerSettings settings,
        long createdMicros) {}
