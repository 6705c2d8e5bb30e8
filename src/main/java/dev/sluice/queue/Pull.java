package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second step of a pull: leases the chosen messages that are still ready (docs/api.md 6.3). From here on the
 * delivery counts and the lease runs. {@link Release} undoes both if the response is never sent.
 *
 * @param chosen from the reply to {@link PullCandidates}, in its order; messages that are no longer ready are skipped.
 *     A message that was never delivered is also skipped if an arrival before it is not in the list: arrivals are
 *     leased from the front only
 * @param visibilityTimeoutMillis 1 … limit, or {@link #FROM_CONSUMER}
 * @param consumerType which type of consumer asks: refused with PULL_NOT_ENABLED unless the queue's consumer is of
 *     that type, with DELIVERY_PAUSED while delivery is paused (checked in that order)
 */
public record Pull(List<ReadyMessage> chosen, int visibilityTimeoutMillis, ConsumerType consumerType)
        implements QueueCommand<Pull.PullReply> {
    /** The setting of the consumer applies. */
    public static final int FROM_CONSUMER = 0;

    /** The leases in order of delivery, and the backlog. The runtime adds the contents. */
    public record PullReply(List<Lease> leases, BacklogStats metrics) {}

    /**
     * Besides leases, the only events are removals of chosen messages that are past their retention by now.
     *
     * @throws QueueException PULL_NOT_ENABLED, DELIVERY_PAUSED
     */
    @Override
    public Decision<PullReply> decide(QueueState state, long nowMillis) {
        Consumer consumer = requireEnabled(state, consumerType);
        int timeoutMillis = visibilityTimeoutMillis == FROM_CONSUMER
                ? consumer.settings().visibilityTimeoutMillis()
                : visibilityTimeoutMillis;
        List<QueueEvent> events = new ArrayList<>(chosen.size());
        List<Lease> leases = new ArrayList<>(chosen.size());
        int leasesLeft = leasesLeft(state);
        int arrivals = 0;
        long removedBytes = 0;
        for (ReadyMessage message : chosen) {
            if (leases.size() >= leasesLeft) {
                break;
            }
            if (!isReady(state, message, arrivals, nowMillis)) {
                continue;
            }
            if (message.isArrival()) {
                arrivals++;
            }
            if (state.isPastRetention(message.header(), nowMillis)) {
                events.add(removal(message));
                removedBytes += message.header().bodyBytes();
                continue;
            }
            Lease lease = new Lease(message.header(), message.deliveries() + 1, nowMillis + timeoutMillis);
            leases.add(lease);
            events.add(new QueueEvent.Leased(lease, message.availableAtMillis()));
        }
        BacklogStats metrics = without(state.metrics(), events.size() - leases.size(), removedBytes);
        return new Decision<>(events, new PullReply(leases, metrics));
    }

    /**
     * Returns whether a message is still ready. An arrival must be the first one behind the arrivals that this pull
     * has leased or removed.
     */
    private static boolean isReady(QueueState state, ReadyMessage message, int arrivalsBefore, long nowMillis) {
        if (!message.isArrival()) {
            return state.isReady(message, nowMillis);
        }
        Window<MessageHeader> arrivals = state.backlog().windows().arrivals;
        return arrivalsBefore < arrivals.size()
                && arrivals.get(arrivalsBefore).seq() == message.header().seq();
    }

    /**
     * Returns the consumer.
     *
     * @throws QueueException PULL_NOT_ENABLED, DELIVERY_PAUSED
     */
    static Consumer requireEnabled(QueueState state, ConsumerType consumerType) {
        Consumer consumer = consumerOfType(state, consumerType);
        if (consumer == null) {
            throw new QueueException(QueueError.PULL_NOT_ENABLED);
        }
        if (state.settings().deliveryPaused()) {
            throw new QueueException(QueueError.DELIVERY_PAUSED);
        }
        return consumer;
    }

    /** Returns the consumer if it is of that type, otherwise null. */
    static @Nullable Consumer consumerOfType(QueueState state, ConsumerType consumerType) {
        Consumer consumer = state.consumer();
        return consumer != null && consumer.type() == consumerType ? consumer : null;
    }

    /**
     * Returns how many more messages may be leased. Messages that are being dead-lettered are leases on disk and count
     * as such.
     */
    static int leasesLeft(QueueState state) {
        return state.limits().leasesPerQueueMax()
                - state.leaseCount()
                - state.backlog().deadLetterTransfers().size();
    }

    /** Returns the removal of a message that is ready, but past its retention. */
    static QueueEvent removal(ReadyMessage message) {
        return new QueueEvent.Removed(
                message.header(),
                message.isArrival() ? QueueEvent.MessageLocation.ARRIVAL : QueueEvent.MessageLocation.SCHEDULED,
                message.availableAtMillis(),
                QueueEvent.Cause.EXPIRED);
    }

    private static BacklogStats without(BacklogStats metrics, int removed, long removedBytes) {
        if (removed == 0) {
            return metrics;
        }
        return metrics.backlogCount() == removed
                ? BacklogStats.EMPTY
                : new BacklogStats(
                        metrics.backlogCount() - removed,
                        metrics.backlogBytes() - removedBytes,
                        metrics.oldestTimestampMillis());
    }
}
