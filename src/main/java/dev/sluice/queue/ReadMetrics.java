package dev.sluice.queue;

/** Reads the backlog (docs/api.md 4). */
public record ReadMetrics() implements QueueCommand<BacklogStats> {
    /** Asks for every head that is not known, so that the answer is exact. */
    @Override
    public ReadRequest requiredRead(QueueState state, long nowMillis) {
        Windows windows = state.backlog().windows();
        if (windows.arrivals.isHeadUnknown()) {
            return windows.requiredRead(ReadRequest.ReadKind.ARRIVALS);
        }
        if (windows.waiting.isHeadUnknown()) {
            return windows.requiredRead(ReadRequest.ReadKind.WAITING);
        }
        return windows.originalTimestamps.isHeadUnknown() ? windows.requiredRead(ReadRequest.ReadKind.INHERITED) : null;
    }

    @Override
    public Decision<BacklogStats> decide(QueueState state, long nowMillis) {
        return Decision.of(state.metrics());
    }
}
