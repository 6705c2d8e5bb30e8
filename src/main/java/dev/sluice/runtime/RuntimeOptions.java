package dev.sluice.runtime;

import dev.sluice.queue.QueueState;

/**
 * Limits and times of the runtime.
 *
 * @param commandsInFlightMax requests in flight per queue; above it requests fail with OVERLOADED
 * @param commitBytesMax bytes of all queues that wait for the store; above it pushes fail with OVERLOADED
 * @param freeBytesMin free bytes of the disk; below it pushes fail with STORAGE_LIMIT
 * @param sendTimeoutMillis how long the edge waits for a queue
 * @param idleMillis how long a queue stays active without use
 * @param windowMessagesMax the most messages in each window of a queue
 */
public record RuntimeOptions(
        int commandsInFlightMax,
        long commitBytesMax,
        long freeBytesMin,
        long sendTimeoutMillis,
        long idleMillis,
        int windowMessagesMax) {
    /** The defaults of a server. */
    public static final RuntimeOptions DEFAULT =
            new RuntimeOptions(4096, 64L << 20, 256L << 20, 30_000, 60_000, QueueState.WINDOW_MESSAGES_MAX);

    /** The same with another minimum of free space. */
    public RuntimeOptions withFreeBytesMin(long bytes) {
        return new RuntimeOptions(
                commandsInFlightMax, commitBytesMax, bytes, sendTimeoutMillis, idleMillis, windowMessagesMax);
    }
}
