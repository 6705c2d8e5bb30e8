package dev.sluice.queue;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over the messages that can be delivered now, in the order of delivery: arrivals since they were stored,
 * scheduled messages since they became available, by (since, seq) (docs/api.md 11.10). Stops where memory does not
 * hold the next one.
 */
final class ReadyCursor {
    private final Window<MessageHeader> arrivals;
    private final Window<ScheduledMessage> schedule;
    private final long nowMillis;

    private int nextArrival;
    private int nextScheduled;
    private @Nullable MessageHeader header;
    private int deliveries;
    private long availableAtMillis;

    ReadyCursor(Windows windows, long nowMillis) {
        this.arrivals = windows.arrivals;
        this.schedule = windows.schedule;
        this.nowMillis = nowMillis;
    }

    /** Returns what must be read before that many messages can be iterated, or null. */
    static @Nullable ReadRequest requiredRead(Windows windows, int wanted, long nowMillis) {
        if (windows.arrivals.lacks(wanted)) {
            return windows.requiredRead(ReadRequest.ReadKind.ARRIVALS);
        }
        if (windows.schedule.lacks(wanted) && windows.schedule.boundMillis() <= nowMillis) {
            return windows.requiredRead(ReadRequest.ReadKind.SCHEDULE);
        }
        return null;
    }

    /** Moves to the next message; false if there is none, or none in memory. */
    boolean advance() {
        MessageHeader arrival = nextArrival < arrivals.size() ? arrivals.get(nextArrival) : null;
        ScheduledMessage scheduled = nextScheduled < schedule.size() ? schedule.get(nextScheduled) : null;
        if (arrival == null && !arrivals.isComplete()) {
            return false;
        }
        if (scheduled == null && !schedule.isComplete() && schedule.boundMillis() <= nowMillis) {
            return false;
        }
        if (scheduled != null && scheduled.availableAtMillis() <= nowMillis && isBefore(scheduled, arrival)) {
            nextScheduled++;
            header = scheduled.header();
            deliveries = scheduled.deliveries();
            availableAtMillis = scheduled.availableAtMillis();
            return true;
        }
        nextArrival++;
        header = arrival;
        deliveries = 0;
        availableAtMillis = QueueEvent.Leased.FROM_ARRIVALS;
        return arrival != null;
    }

    /** The current message. */
    MessageHeader header() {
        return Objects.requireNonNull(header, "not on a message");
    }

    /** The current message and where it was. */
    ReadyMessage message() {
        return new ReadyMessage(header(), deliveries, availableAtMillis);
    }

    private static boolean isBefore(ScheduledMessage scheduled, @Nullable MessageHeader arrival) {
        return arrival == null
                || IndexOrder.compare(
                                scheduled.availableAtMillis(),
                                scheduled.header().seq(),
                                arrival.storedAtMillis(),
                                arrival.seq())
                        < 0;
    }
}
