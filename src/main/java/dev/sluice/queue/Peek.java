package dev.sluice.queue;

import java.util.List;

/**
 * Shows the messages that a pull would get now, in its order, without leasing them (reference 6.5). Needs no consumer, works
 * while paused.
 *
 * @param batchSize 1 … limit, or {@link Pull#FROM_CONSUMER} (5 without a consumer)
 */
public record Peek(int batchSize) implements QueueCommand<List<Peek.Shown>> {
    /** A message and how often it was delivered so far. */
    public record Shown(MessageHeader header, int deliveries) {}

    @Override
    public Decision<List<Shown>> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
