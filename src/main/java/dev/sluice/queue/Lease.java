package dev.sluice.queue;

/**
 * A message in the hands of a consumer.
 *
 * @param delivery which delivery of the message this is, from 1; shown as {@code attempts} (docs/api.md 11.4)
 * @param expiresAtMillis when it goes back if nobody answers
 */
public record Lease(MessageHeader header, int delivery, long expiresAtMillis) {}
