package dev.sluice.queue;

/**
 * Ends leases whose time is over and deletes messages past their retention, up to a budget. Sent by the queue's own timer.
 *
 * @param budget events at most
 */
public record Expire(int budget) implements QueueCommand<Boolean> {
    /** Answers whether the budget ran out before the work did. */
    @Override
    public Decision<Boolean> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
