package dev.sluice.queue;

/**
 * The content of an authentic lease token: a message of the queue, and one of its deliveries.
 *
 * @param seq the message
 * @param delivery the delivery, from 1
 */
public record LeaseId(long seq, int delivery) {}
