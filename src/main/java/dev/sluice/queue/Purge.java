package dev.sluice.queue;

import java.util.List;

/** Deletes every message at once, leased ones too. Returns the time of the purge in milliseconds (docs/api.md 7.1). */
public record Purge() implements QueueCommand<Long> {
    @Override
    public Decision<Long> decide(QueueState state, long nowMillis) {
        return new Decision<>(List.of(new QueueEvent.Purged(state.backlog().nextSeq(), nowMillis)), nowMillis);
    }
}
