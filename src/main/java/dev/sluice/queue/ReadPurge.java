package dev.sluice.queue;

/** Returns when the queue was last purged, in milliseconds, 0 if never (docs/api.md 7.2). */
public record ReadPurge() implements QueueCommand<Long> {
    @Override
    public Decision<Long> decide(QueueState state, long nowMillis) {
        return Decision.of(state.backlog().purgedAtMillis());
    }
}
