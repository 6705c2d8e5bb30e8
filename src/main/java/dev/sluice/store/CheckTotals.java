package dev.sluice.store;

/**
 * What a check saw.
 *
 * @param queues queues with a head
 * @param messages messages whose record is there
 * @param bytes body bytes of those messages
 */
public record CheckTotals(long queues, long messages, long bytes) {}
