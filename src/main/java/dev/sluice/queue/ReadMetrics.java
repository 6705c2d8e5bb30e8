package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/** Returns the backlog (docs/api.md 4). */
public record ReadMetrics() implements QueueCommand<BacklogStats> {
    /** Requires the head of every window, so that the reply is exact. */
    @Override
    public @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
        Windows windows = state.backlog().windows();
        if (windows.arrivals.isHeadUnknown()) {
            return windows.requiredRead(ReadRequest.ReadKind.ARRIVALS);
        }
        if (windows.scheduledBySeq.isHeadUnknown()) {
            return windows.requiredRead(ReadRequest.ReadKind.SCHEDULED_BY_SEQ);
        }
        return windows.originalTimestamps.isHeadUnknown()
                ? windows.requiredRead(ReadRequest.ReadKind.ORIGINAL_TIMESTAMPS)
                : null;
    }

    @Override
    public Decision<BacklogStats> decide(QueueState state, long nowMillis) {
        return Decision.of(state.metrics());
    }
}
