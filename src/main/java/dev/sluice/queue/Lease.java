package dev.sluice.queue;

/**
 * A message leased to a consumer.
 *
 * @param delivery which delivery of the message this is, from 1; shown as {@code attempts} (docs/api.md 11.4)
 * @param expiresAtMillis when the lease ends unless it is acknowledged or retried before
 */
public record Lease(MessageHeader header, int delivery, long expiresAtMillis) {}
