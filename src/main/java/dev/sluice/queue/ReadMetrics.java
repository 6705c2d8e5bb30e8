package dev.sluice.queue;

/** Reads the backlog (reference 4). */
public record ReadMetrics() implements QueueCommand<Metrics> {
    /** Asks for every head that is not known, so that the answer is exact. */
    @Override
    public Need need(QueueState state, long nowMillis) {
        Windows windows = state.backlog().windows();
        if (windows.arrivals.isHeadUnknown()) {
            return windows.need(Need.Kind.ARRIVALS);
        }
        if (windows.waiting.isHeadUnknown()) {
            return windows.need(Need.Kind.WAITING);
        }
        return windows.inherited.isHeadUnknown() ? windows.need(Need.Kind.INHERITED) : null;
    }

    @Override
    public Decision<Metrics> decide(QueueState state, long nowMillis) {
        return Decision.of(state.metrics());
    }
}
