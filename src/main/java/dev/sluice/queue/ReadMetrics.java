package dev.sluice.queue;

/** Reads the backlog (reference 4). */
public record ReadMetrics() implements QueueCommand<Metrics> {
    @Override
    public Decision<Metrics> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
