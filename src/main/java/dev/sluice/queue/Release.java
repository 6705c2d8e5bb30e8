package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives leases back whose messages were never sent to a consumer. The delivery does not count, and each message goes where it was, so
 * that nothing of the pull remains but the time that it took. A lease that ended otherwise stays as it is.
 *
 * @param leases each once
 */
public record Release(List<Unsent> leases) implements QueueCommand<Integer> {
    /**
     * A lease that was not sent.
     *
     * @param availableSinceMillis since when the message was available before: its place in the order of delivery, unless the clock was set
     *     back and it lies ahead
     */
    public record Unsent(LeaseId lease, long availableSinceMillis) {
        /** What a pull leased. */
        public static Unsent of(QueueEvent.Leased leased) {
            MessageHeader header = leased.lease().header();
            return new Unsent(
                    new LeaseId(header.seq(), leased.lease().delivery()),
                    leased.waitedUntilMillis() == QueueEvent.Leased.FROM_ARRIVALS
                            ? header.storedAtMillis()
                            : leased.waitedUntilMillis());
        }
    }

    /** Answers how many leases were given back. */
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
