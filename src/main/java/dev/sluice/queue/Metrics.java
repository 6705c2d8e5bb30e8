package dev.sluice.queue;

/**
 * The backlog: every message stored and not yet acknowledged, whether ready, delayed or leased (reference 4 and 11.9).
 *
 * @param backlogCount messages
 * @param backlogBytes sum of their body sizes
 * @param oldestTimestampMillis smallest publication time among them, 0 if there are none
 */
public record Metrics(long backlogCount, long backlogBytes, long oldestTimestampMillis) {
    /** An empty queue. */
    public static final Metrics EMPTY = new Metrics(0, 0, 0);
}
