package dev.sluice.store;

/**
 * What a store check read.
 *
 * @param queues queues with a head
 * @param messages messages with a message record
 * @param bytes body bytes of those messages
 */
public record CheckTotals(long queues, long messages, long bytes) {}
