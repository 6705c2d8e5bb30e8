package dev.sluice.queue;

/**
 * What an authentic lease token says: which message of the queue, and which of its deliveries.
 *
 * @param seq the message
 * @param delivery the delivery, from 1
 */
public record LeaseId(long seq, int delivery) {}
