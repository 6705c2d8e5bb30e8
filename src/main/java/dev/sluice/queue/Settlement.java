package dev.sluice.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Processes the entries of one {@link Ack} by the table of docs/api.md 11.6. Later entries see the effect of earlier
 * ones.
 */
final class Settlement {
    private static final long MILLIS_PER_SECOND = 1_000;

    private final QueueState state;
    private final Backlog backlog;
    private final long nowMillis;
    private final List<QueueEvent> events;
    private final Set<LeaseId> seen;
    /** By number, what earlier entries made of a message: its new entry in the schedule, or null if it is removed. */
    private final Map<Long, @Nullable ScheduledMessage> changed = new HashMap<>();

    private int ackCount;
    private int retryCount;

    Settlement(QueueState state, long nowMillis, int entries) {
        this.state = state;
        this.backlog = state.backlog();
        this.nowMillis = nowMillis;
        this.events = new ArrayList<>(entries);
        this.seen = new HashSet<>(2 * entries);
    }

    /** Processes one ack. Returns why it has no effect, or null. An ack of a removed message succeeds. */
    Ack.@Nullable Warning ack(LeaseId token) {
        Ack.@Nullable Warning warning = refusal(token);
        if (warning == null) {
            ackCount++;
            QueueEvent removal =
                    changed.containsKey(token.seq()) ? null : backlog.removal(token.seq(), QueueEvent.Cause.ACKED);
            if (removal != null) {
                events.add(removal);
                changed.put(token.seq(), null);
            }
        }
        return warning;
    }

    /** Processes one retry. Returns why it has no effect, or null. */
    Ack.@Nullable Warning retry(Ack.Retry retry) {
        LeaseId token = retry.lease();
        Ack.@Nullable Warning warning = refusal(token);
        if (warning == null) {
            long delayMillis = retry.delaySeconds() == NewMessage.DELAY_UNSET
                    ? state.retryDelayMillis()
                    : retry.delaySeconds() * MILLIS_PER_SECOND;
            warning = requeue(token, nowMillis + delayMillis);
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

    private Ack.@Nullable Warning refusal(LeaseId token) {
        if (!backlog.wasStored(token.seq())) {
            return Ack.Warning.UNKNOWN;
        }
        return seen.add(token) ? null : Ack.Warning.DUPLICATE;
    }

    private Ack.@Nullable Warning requeue(LeaseId token, long availableAtMillis) {
        long seq = token.seq();
        Lease lease = changed.containsKey(seq) ? null : backlog.leases().get(seq);
        if (lease != null) {
            if (token.delivery() < lease.delivery()) {
                return Ack.Warning.SUPERSEDED;
            }
            QueueEvent event = state.onFailedDelivery(lease, DeadLetterReason.RETRIED, availableAtMillis, nowMillis);
            events.add(event);
            changed.put(seq, event instanceof QueueEvent.Released released ? released.message() : null);
            return null;
        }
        ScheduledMessage scheduled = changed.containsKey(seq) ? changed.get(seq) : stillScheduled(seq);
        if (scheduled != null) {
            reschedule(scheduled, availableAtMillis);
            return null;
        }
        // A loss of power may have undone the lease of an arrival. The message is ready already, which is what a
        // retry wants.
        return !changed.containsKey(seq) && backlog.arrival(seq) != null ? null : Ack.Warning.GONE;
    }

    private @Nullable ScheduledMessage stillScheduled(long seq) {
        return backlog.deadLetterTransfers().header(seq) == null ? backlog.scheduled(seq) : null;
    }

    private void reschedule(ScheduledMessage scheduled, long availableAtMillis) {
        if (scheduled.availableAtMillis() != availableAtMillis) {
            ScheduledMessage moved =
                    new ScheduledMessage(scheduled.header(), scheduled.deliveries(), availableAtMillis);
            events.add(new QueueEvent.Rescheduled(moved, scheduled.availableAtMillis()));
            changed.put(scheduled.header().seq(), moved);
        }
    }
}
