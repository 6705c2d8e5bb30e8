package dev.sluice.queue;

/**
 * Walks over the messages that could be delivered now, in the order of delivery: arrivals since they were stored, waiting
 * messages since they became available, by (since, seq) (docs/api.md 11.10). Stops where memory does not know what comes next.
 */
final class ReadyCursor {
    private final Window<MessageHeader> arrivals;
    private final Window<ScheduledMessage> schedule;
    private final long nowMillis;

    private int nextArrival;
    private int nextWaiting;
    private MessageHeader header;
    private int deliveries;
    private long waitedUntilMillis;

    ReadyCursor(Windows windows, long nowMillis) {
        this.arrivals = windows.arrivals;
        this.schedule = windows.schedule;
        this.nowMillis = nowMillis;
    }

    /** What must be read before so many messages can be walked over, or null. */
    static ReadRequest requiredRead(Windows windows, int wanted, long nowMillis) {
        if (windows.arrivals.lacks(wanted)) {
            return windows.requiredRead(ReadRequest.ReadKind.ARRIVALS);
        }
        if (windows.schedule.lacks(wanted) && windows.schedule.boundMillis() <= nowMillis) {
            return windows.requiredRead(ReadRequest.ReadKind.SCHEDULE);
        }
        return null;
    }

    /** Goes to the next message; false if there is none or none known. */
    boolean advance() {
        MessageHeader arrival = nextArrival < arrivals.size() ? arrivals.get(nextArrival) : null;
        ScheduledMessage waiting = nextWaiting < schedule.size() ? schedule.get(nextWaiting) : null;
        if (arrival == null && !arrivals.isComplete()) {
            return false;
        }
        if (waiting == null && !schedule.isComplete() && schedule.boundMillis() <= nowMillis) {
            return false;
        }
        if (waiting != null && waiting.availableAtMillis() <= nowMillis && isBefore(waiting, arrival)) {
            nextWaiting++;
            header = waiting.header();
            deliveries = waiting.deliveries();
            waitedUntilMillis = waiting.availableAtMillis();
            return true;
        }
        nextArrival++;
        header = arrival;
        deliveries = 0;
        waitedUntilMillis = QueueEvent.Leased.FROM_ARRIVALS;
        return arrival != null;
    }

    MessageHeader header() {
        return header;
    }

    /** The message with its place. */
    ReadyMessage message() {
        return new ReadyMessage(header, deliveries, waitedUntilMillis);
    }

    private static boolean isBefore(ScheduledMessage waiting, MessageHeader arrival) {
        return arrival == null
                || IndexOrder.compare(
                                waiting.availableAtMillis(),
                                waiting.header().seq(),
                                arrival.storedAtMillis(),
                                arrival.seq())
                        < 0;
    }
}
