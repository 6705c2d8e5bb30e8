package dev.sluice.queue;

/** Deletes every message at once, leased ones too; answers the time of the purge in milliseconds (reference 7.1). */
public record Purge() implements QueueCommand<Long> {
    @Override
    public Decision<Long> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
