package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Ends leases whose time is over and deletes messages past their retention, up to a budget. Sent by the queue's own timer, and by
 * its owner before any other command when {@link QueueState#deadlineMillis} is due.
 *
 * @param budget events at most, from 1
 * @param leasesBeforeMillis leases that end at that time or later go on: an answer with one of them is still to be sent
 */
public record Expire(int budget, long leasesBeforeMillis) implements QueueCommand<Boolean> {
    /** Ends every lease whose time is over. */
    public Expire(int budget) {
        this(budget, Long.MAX_VALUE);
    }

    /** Asks for the oldest arrival or waiting message if it might be too old and is not known. */
    @Override
    public ReadRequest requiredRead(QueueState state, long nowMillis) {
        Windows windows = state.backlog().windows();
        if (windows.arrivals.isHeadUnknown()
                && state.retainedUntilMillis(windows.oldestArrivalStoredAtMillis()) <= nowMillis) {
            return windows.requiredRead(ReadRequest.ReadKind.ARRIVALS);
        }
        if (windows.waiting.isHeadUnknown()
                && state.retainedUntilMillis(windows.oldestWaitingStoredAtMillis()) <= nowMillis) {
            return windows.requiredRead(ReadRequest.ReadKind.WAITING);
        }
        return null;
    }

    /** Answers whether there may be more to do at once: the budget ran out, or the rest must be read first. */
    @Override
    public Decision<Boolean> decide(QueueState state, long nowMillis) {
        List<QueueEvent> events = new ArrayList<>();
        boolean more = endLeases(state, nowMillis, events);
        more |= removeArrivals(state, nowMillis, events);
        more |= removeWaiting(state, nowMillis, events);
        return new Decision<>(events, more);
    }

    private boolean endLeases(QueueState state, long nowMillis, List<QueueEvent> events) {
        List<Lease> ended = state.backlog().leases().ended(Math.min(nowMillis, leasesBeforeMillis - 1), budget);
        for (Lease lease : ended) {
            events.add(state.failed(lease, lease.expiresAtMillis() + state.retryDelayMillis(), nowMillis));
        }
        return ended.size() == budget;
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

    private boolean removeWaiting(QueueState state, long nowMillis, List<QueueEvent> events) {
        Window<ScheduledMessage> waiting = state.backlog().windows().waiting;
        for (int i = 0; i < waiting.size(); i++) {
            ScheduledMessage message = waiting.get(i);
            if (!state.isPastRetention(message.header(), nowMillis)) {
                return false;
            }
            if (events.size() == budget) {
                return true;
            }
            events.add(new QueueEvent.Removed(
                    message.header(),
                    QueueEvent.MessageLocation.WAITING,
                    message.availableAtMillis(),
                    QueueEvent.Cause.EXPIRED));
        }
        return !waiting.isComplete();
    }
}
