package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Ends leases whose messages were never sent to a consumer. The delivery does not count and each message returns to
 * its place, so that the pull has no effect except the time that it took. A lease that ended otherwise is not changed.
 *
 * @param leases each once
 */
public record Release(List<Unsent> leases) implements QueueCommand<Integer> {
    /**
     * A lease whose message was not sent.
     *
     * @param availableSinceMillis since when the message was available before the lease: its place in the order of
     *     delivery. If the clock was set back and this is in the future, the current time is used
     */
    public record Unsent(LeaseId lease, long availableSinceMillis) {
        /** The lease that this event made. */
        public static Unsent of(QueueEvent.Leased leased) {
            MessageHeader header = leased.lease().header();
            return new Unsent(
                    new LeaseId(header.seq(), leased.lease().delivery()),
                    leased.availableAtMillis() == QueueEvent.Leased.FROM_ARRIVALS
                            ? header.storedAtMillis()
                            : leased.availableAtMillis());
        }
    }

    /** Returns how many leases were ended. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        List<QueueEvent> events = new ArrayList<>(leases.size());
        for (Unsent unsent : leases) {
            Lease lease = state.backlog().leases().get(unsent.lease().seq());
            if (lease != null && lease.delivery() == unsent.lease().delivery()) {
                events.add(released(state, lease, unsent.availableSinceMillis(), nowMillis));
            }
        }
        return new Decision<>(events, events.size());
    }

    private static QueueEvent released(QueueState state, Lease lease, long availableSinceMillis, long nowMillis) {
        return state.isPastRetention(lease.header(), nowMillis)
                ? new QueueEvent.Removed(lease.header(), QueueEvent.MessageLocation.LEASED, 0, QueueEvent.Cause.EXPIRED)
                : new QueueEvent.Released(new ScheduledMessage(
                        lease.header(), lease.delivery() - 1, Math.min(availableSinceMillis, nowMillis)));
    }
}
