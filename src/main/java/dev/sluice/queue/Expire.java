package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends expired leases and removes messages past their retention, up to a budget. Runs by the queue's timer, and before
 * any other command when {@link QueueState#deadlineMillis} is due.
 *
 * @param budget events at most, from 1
 * @param leasesBeforeMillis leases that end at that time or later are kept: a response with one of them is still to be
 *     sent
 */
public record Expire(int budget, long leasesBeforeMillis) implements QueueCommand<Boolean> {
    /** Ends every expired lease. */
    public Expire(int budget) {
        this(budget, Long.MAX_VALUE);
    }

    /** Requires the oldest arrival or scheduled message if it may be past its retention and is not in memory. */
    @Override
    public @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
        Windows windows = state.backlog().windows();
        if (windows.arrivals.isHeadUnknown()
                && state.retainedUntilMillis(windows.oldestArrivalStoredAtMillis()) <= nowMillis) {
            return windows.requiredRead(ReadRequest.ReadKind.ARRIVALS);
        }
        if (windows.scheduledBySeq.isHeadUnknown()
                && state.retainedUntilMillis(windows.oldestScheduledStoredAtMillis()) <= nowMillis) {
            return windows.requiredRead(ReadRequest.ReadKind.SCHEDULED_BY_SEQ);
        }
        return null;
    }

    /** Returns whether there may be more to do at once: the budget is used up, or the rest must be read first. */
    @Override
    public Decision<Boolean> decide(QueueState state, long nowMillis) {
        List<QueueEvent> events = new ArrayList<>();
        boolean more = endLeases(state, nowMillis, events);
        more |= removeArrivals(state, nowMillis, events);
        more |= removeScheduled(state, nowMillis, events);
        return new Decision<>(events, more);
    }

    private boolean endLeases(QueueState state, long nowMillis, List<QueueEvent> events) {
        List<Lease> expired = state.backlog().leases().expired(Math.min(nowMillis, leasesBeforeMillis - 1), budget);
        for (Lease lease : expired) {
            events.add(state.onFailedDelivery(
                    lease,
                    DeadLetterReason.LEASE_EXPIRED,
                    lease.expiresAtMillis() + state.retryDelayMillis(),
                    nowMillis));
        }
        return expired.size() == budget;
    }

    private boolean removeArrivals(QueueState state, long nowMillis, List<QueueEvent> events) {
        Window<MessageHeader> arrivals = state.backlog().windows().arrivals;
        for (int i = 0; i < arrivals.size(); i++) {
            MessageHeader header = arrivals.get(i);
            if (!state.isPastRetention(header, nowMillis)) {
                return false;
            }
            if (events.size() == budget) {
                return true;
            }
            events.add(new QueueEvent.Removed(header, QueueEvent.MessageLocation.ARRIVAL, 0, QueueEvent.Cause.EXPIRED));
        }
        return !arrivals.isComplete();
    }

    private boolean removeScheduled(QueueState state, long nowMillis, List<QueueEvent> events) {
        Window<ScheduledMessage> scheduled = state.backlog().windows().scheduledBySeq;
        for (int i = 0; i < scheduled.size(); i++) {
            ScheduledMessage message = scheduled.get(i);
            if (!state.isPastRetention(message.header(), nowMillis)) {
                return false;
            }
            if (events.size() == budget) {
                return true;
            }
            events.add(new QueueEvent.Removed(
                    message.header(),
                    QueueEvent.MessageLocation.SCHEDULED,
                    message.availableAtMillis(),
                    QueueEvent.Cause.EXPIRED));
        }
        return !scheduled.isComplete();
    }
}
