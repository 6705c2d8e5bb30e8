package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

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

    /** Too old messages that one pull removes at most; {@link Expire} gets the rest. */
    private static final int REMOVALS_MAX = 1_000;

    /** The leases in order of delivery, and the backlog; contents are the runtime's business. */
    public record Reply(List<Lease> leases, Metrics metrics) {}

    /** Asks for nothing if the pull is going to be refused. */
    @Override
    public Need need(QueueState state, long nowMillis) {
        return isEnabled(state) && !state.settings().deliveryPaused()
                ? ReadyCursor.need(state.backlog().windows(), wanted(state), nowMillis)
                : null;
    }

    /**
     * Decides. Fewer messages than asked for are leased if there are no more, if the queue has as many leases as it may have, or
     * if memory has no room for more at a time.
     *
     * @throws QueueException PULL_NOT_ENABLED, DELIVERY_PAUSED
     */
    @Override
    public Decision<Reply> decide(QueueState state, long nowMillis) {
        if (!isEnabled(state)) {
            throw new QueueException(QueueError.PULL_NOT_ENABLED);
        }
        if (state.settings().deliveryPaused()) {
            throw new QueueException(QueueError.DELIVERY_PAUSED);
        }
        int timeoutMillis = visibilityTimeoutMillis == FROM_CONSUMER
                ? state.consumer().settings().visibilityTimeoutMillis()
                : visibilityTimeoutMillis;
        int wanted = wanted(state);
        List<QueueEvent> events = new ArrayList<>(Math.max(0, wanted));
        List<Lease> leases = new ArrayList<>(Math.max(0, wanted));
        long removedBytes = 0;
        ReadyCursor ready = new ReadyCursor(state.backlog().windows(), nowMillis);
        while (leases.size() < wanted && events.size() - leases.size() < REMOVALS_MAX && ready.advance()) {
            if (state.isPastRetention(ready.header(), nowMillis)) {
                events.add(removal(ready));
                removedBytes += ready.header().bodyBytes();
            } else {
                Lease lease = new Lease(ready.header(), ready.deliveries() + 1, nowMillis + timeoutMillis);
                leases.add(lease);
                events.add(new QueueEvent.Leased(lease, ready.waitedUntilMillis()));
            }
        }
        Metrics metrics = without(state.metrics(), events.size() - leases.size(), removedBytes);
        return new Decision<>(events, new Reply(leases, metrics));
    }

    private boolean isEnabled(QueueState state) {
        return state.consumer() != null && state.consumer().type() == consumerType;
    }

    /** Messages to lease; departing ones are leases on disk and count as such. */
    private int wanted(QueueState state) {
        int size = batchSize == FROM_CONSUMER ? state.consumer().settings().batchSize() : batchSize;
        int held = state.leaseCount() + state.backlog().departures().size();
        return Math.min(size, state.limits().leasesPerQueueMax() - held);
    }

    private static QueueEvent removal(ReadyCursor ready) {
        return new QueueEvent.Removed(
                ready.header(),
                ready.isArrival() ? QueueEvent.Place.ARRIVAL : QueueEvent.Place.WAITING,
                ready.waitedUntilMillis(),
                QueueEvent.Cause.EXPIRED);
    }

    private static Metrics without(Metrics metrics, int removed, long removedBytes) {
        if (removed == 0) {
            return metrics;
        }
        return metrics.backlogCount() == removed
                ? Metrics.EMPTY
                : new Metrics(
                        metrics.backlogCount() - removed,
                        metrics.backlogBytes() - removedBytes,
                        metrics.oldestTimestampMillis());
    }
}
