package dev.sluice.runtime;

import dev.sluice.queue.QueueState;

/**
 * Bounds and times of the runtime.
 *
 * @param commandsInFlightMax requests under way per queue; beyond it the answer is OVERLOADED
 * @param commitBytesMax bytes waiting for the store, of all queues; beyond it pushes are OVERLOADED
 * @param freeBytesMin free bytes of the disk; below it pushes are refused with STORAGE_LIMIT
 * @param sendTimeoutMillis how long the edge waits for a queue
 * @param idleMillis how long a queue stays active without use
 * @param windowMessagesMax messages that each of the windows of a queue holds at most
 */
public record RuntimeOptions(
        int commandsInFlightMax,
        long commitBytesMax,
        long freeBytesMin,
        long sendTimeoutMillis,
        long idleMillis,
        int windowMessagesMax) {
    /** What a server uses unless it is told otherwise. */
    public static final RuntimeOptions DEFAULT =
            new RuntimeOptions(4096, 64L << 20, 256L << 20, 30_000, 60_000, QueueState.WINDOW_MESSAGES_MAX);

    /** The same with another floor of free space. */
    public RuntimeOptions withFreeBytesMin(long bytes) {
        return new RuntimeOptions(
                commandsInFlightMax, commitBytesMax, bytes, sendTimeoutMillis, idleMillis, windowMessagesMax);
    }
}
