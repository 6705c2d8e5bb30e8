package dev.sluice.queue;

/**
 * The backlog: every message stored and not yet acknowledged, whether ready, delayed or leased (docs/api.md 4 and 11.9).
 *
 * @param backlogCount messages
 * @param backlogBytes sum of their body sizes
 * @param oldestTimestampMillis smallest publication time among them, 0 if there are none
 */
public record BacklogStats(long backlogCount, long backlogBytes, long oldestTimestampMillis) {
    public static final BacklogStats EMPTY = new BacklogStats(0, 0, 0);
}
