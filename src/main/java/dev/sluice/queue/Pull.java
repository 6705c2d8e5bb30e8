package dev.sluice.queue;

/**
 * Leases up to {@code batchSize} ready messages in (available since, publish) order (reference 6.3).
 *
 * @param batchSize 1 … limit, or {@link #FROM_CONSUMER}
 * @param visibilityTimeoutMillis 1 … limit, or {@link #FROM_CONSUMER}
 * @param consumerType which type of consumer asks: refused with PULL_NOT_ENABLED unless the queue's consumer is of that type,
 *     with DELIVERY_PAUSED while delivery is paused (checked in that order)
 */
public record Pull(int batchSize, int visibilityTimeoutMillis, ConsumerType consumerType)
        implements QueueCommand<Pull.Reply> {
    /** The consumer's setting decides. */
    public static final int FROM_CONSUMER = 0;

    /** The leases in order of delivery, and the backlog; contents are the runtime's business. */
    public record Reply(java.util.List<Lease> leases, Metrics metrics) {}

    @Override
    public Decision<Reply> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
