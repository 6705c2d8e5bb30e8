package dev.sluice.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Works through the entries of one {@link Ack} by the table of docs/api.md 11.6; later entries see what earlier ones did. */
final class Settlement {
    private static final long MILLIS_PER_SECOND = 1_000;

    private final QueueState state;
    private final Backlog backlog;
    private final long nowMillis;
    private final List<QueueEvent> events;
    private final Set<LeaseId> seen;
    /** By seq, where earlier entries left a message: waiting, or null if it went. */
    private final Map<Long, ScheduledMessage> after = new HashMap<>();

    private int ackCount;
    private int retryCount;

    Settlement(QueueState state, long nowMillis, int entries) {
        this.state = state;
        this.backlog = state.backlog();
        this.nowMillis = nowMillis;
        this.events = new ArrayList<>(entries);
        this.seen = new HashSet<>(2 * entries);
    }

    /** Settles one ack; answers why it does nothing, or null. An ack of a message that is gone succeeds. */
    Ack.Warning ack(LeaseId token) {
        Ack.Warning warning = refusal(token);
        if (warning == null) {
            ackCount++;
            QueueEvent removal =
                    after.containsKey(token.seq()) ? null : backlog.removal(token.seq(), QueueEvent.Cause.ACKED);
            if (removal != null) {
                events.add(removal);
                after.put(token.seq(), null);
            }
        }
        return warning;
    }

    /** Settles one retry; answers why it does nothing, or null. */
    Ack.Warning retry(Ack.Retry retry) {
        LeaseId token = retry.lease();
        Ack.Warning warning = refusal(token);
        if (warning == null) {
            long delayMillis = retry.delaySeconds() == NewMessage.DELAY_UNSET
                    ? state.retryDelayMillis()
                    : retry.delaySeconds() * MILLIS_PER_SECOND;
            warning = putBack(token, nowMillis + delayMillis);
        }
        if (warning == null) {
            retryCount++;
        }
        return warning;
    }

    List<QueueEvent> events() {
        return events;
    }

    int ackCount() {
        return ackCount;
    }

    int retryCount() {
        return retryCount;
    }

    private Ack.Warning refusal(LeaseId token) {
        if (!backlog.hadMessage(token.seq())) {
            return Ack.Warning.UNKNOWN;
        }
        return seen.add(token) ? null : Ack.Warning.DUPLICATE;
    }

    private Ack.Warning putBack(LeaseId token, long availableAtMillis) {
        long seq = token.seq();
        Lease lease = after.containsKey(seq) ? null : backlog.leases().get(seq);
        if (lease != null) {
            if (token.delivery() < lease.delivery()) {
                return Ack.Warning.SUPERSEDED;
            }
            QueueEvent event = state.failed(lease, availableAtMillis, nowMillis);
            events.add(event);
            after.put(seq, event instanceof QueueEvent.Released released ? released.waiting() : null);
            return null;
        }
        ScheduledMessage waiting = after.containsKey(seq) ? after.get(seq) : stillWaiting(seq);
        if (waiting != null) {
            reschedule(waiting, availableAtMillis);
            return null;
        }
        // The lease of an arrival may have been lost with the power; the message is ready already, as a retry wants it.
        return !after.containsKey(seq) && backlog.arrival(seq) != null ? null : Ack.Warning.GONE;
    }

    private ScheduledMessage stillWaiting(long seq) {
        return backlog.deadLetterTransfers().header(seq) == null ? backlog.waiting(seq) : null;
    }

    private void reschedule(ScheduledMessage waiting, long availableAtMillis) {
        if (waiting.availableAtMillis() != availableAtMillis) {
            ScheduledMessage moved = new ScheduledMessage(waiting.header(), waiting.deliveries(), availableAtMillis);
            events.add(new QueueEvent.Rescheduled(moved, waiting.availableAtMillis()));
            after.put(waiting.header().seq(), moved);
        }
    }
}
