package dev.sluice.queue;

import java.util.List;

/** Stores messages, all or none; answers the backlog including them (reference 6.1, 6.2). */
public record Push(List<NewMessage> messages) implements QueueCommand<Metrics> {
    @Override
    public Decision<Metrics> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
