package dev.sluice.queue;

/**
 * The messages of a queue and what is known of them: where each one is, how many there are. Knows no rules and no settings;
 * events change it, commands look at it.
 */
final class Backlog {
    private final Windows windows;
    private final Leases leases = new Leases();
    private final DeadLetterTransfers deadLetterTransfers;
    private final LookupCache lookups = new LookupCache();

    private long nextSeq;
    private long count;
    private long bytes;
    private long storedAtMillis;
    private long purgedBelowSeq;
    private long purgedAtMillis;

    Backlog(QueueImage image, MemoryBudget budget, int windowMessagesMax) {
        QueueHead head = image.head();
        nextSeq = head.nextSeq();
        count = head.count();
        bytes = head.bytes();
        storedAtMillis = head.storedAtMillis();
        purgedBelowSeq = head.purgedBelowSeq();
        purgedAtMillis = head.purgedAtMillis();
        windows = new Windows(head, windowMessagesMax, budget);
        deadLetterTransfers = new DeadLetterTransfers(image.departed(), purgedBelowSeq);
        for (Lease lease : image.leases()) {
            leases.put(lease);
        }
        windows.updateCounts(arrivalsCount());
    }

    Windows windows() {
        return windows;
    }

    Leases leases() {
        return leases;
    }

    DeadLetterTransfers deadLetterTransfers() {
        return deadLetterTransfers;
    }

    LookupCache lookups() {
        return lookups;
    }

    long nextSeq() {
        return nextSeq;
    }

    long count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    /** Arrival of the newest message. */
    long storedAtMillis() {
        return storedAtMillis;
    }

    long purgedBelowSeq() {
        return purgedBelowSeq;
    }

    long purgedAtMillis() {
        return purgedAtMillis;
    }

    /** Whether a message of that number was ever stored here. */
    boolean hadMessage(long seq) {
        return seq > 0 && seq < nextSeq;
    }

    /**
     * Whether only the store can tell what became of a message. After that, {@link #waiting} and {@link #arrival} know; what
     * neither they nor the leases hold is gone.
     */
    boolean mustFind(long seq) {
        if (!hadMessage(seq) || windows.arrivals.covers(0, seq) && windows.waiting.covers(0, seq)) {
            return false;
        }
        return leases.get(seq) == null
                && deadLetterTransfers.header(seq) == null
                && windows.arrivals.find(0, seq) == null
                && windows.waiting.find(0, seq) == null
                && !lookups.knows(seq);
    }

    /** The waiting message of that number, or null. */
    ScheduledMessage waiting(long seq) {
        ScheduledMessage message = windows.waiting.find(0, seq);
        if (message != null) {
            return message;
        }
        LookupResult found = lookups.get(seq);
        return found == null || found.availableAtMillis() == LookupResult.NOT_WAITING || windows.waiting.covers(0, seq)
                ? null
                : new ScheduledMessage(found.header(), found.deliveries(), found.availableAtMillis());
    }

    /** The arrival of that number, or null. */
    MessageHeader arrival(long seq) {
        MessageHeader header = windows.arrivals.find(0, seq);
        if (header != null) {
            return header;
        }
        LookupResult found = lookups.get(seq);
        boolean isArrival = found != null
                && found.availableAtMillis() == LookupResult.NOT_WAITING
                && found.deliveries() == 0
                && !windows.arrivals.covers(0, seq);
        return isArrival ? found.header() : null;
    }

    /**
     * The event that removes a message, wherever it is; null if it is gone or departing, which is as good as gone. To be asked when
     * {@link #mustFind} has no more questions.
     */
    QueueEvent removal(long seq, QueueEvent.Cause cause) {
        Lease lease = leases.get(seq);
        if (lease != null) {
            return new QueueEvent.Removed(lease.header(), QueueEvent.MessageLocation.LEASED, 0, cause);
        }
        if (deadLetterTransfers.header(seq) != null) {
            return null;
        }
        ScheduledMessage waiting = waiting(seq);
        if (waiting != null) {
            return new QueueEvent.Removed(
                    waiting.header(), QueueEvent.MessageLocation.WAITING, waiting.availableAtMillis(), cause);
        }
        MessageHeader arrival = arrival(seq);
        return arrival == null ? null : new QueueEvent.Removed(arrival, QueueEvent.MessageLocation.ARRIVAL, 0, cause);
    }

    void apply(QueueEvent event) {
        switch (event.kind()) {
            case ENQUEUED -> enqueued((QueueEvent.Enqueued) event);
            case LEASED -> leased((QueueEvent.Leased) event);
            case RELEASED -> released(((QueueEvent.Released) event).waiting());
            case RESCHEDULED -> rescheduled((QueueEvent.Rescheduled) event);
            case REMOVED -> removed((QueueEvent.Removed) event);
            case DEPARTING -> deadLettering(((QueueEvent.DeadLettering) event).lease());
            case DEPARTED ->
                deadLettered(((QueueEvent.DeadLettered) event).header().seq());
            case PURGED -> purged((QueueEvent.Purged) event);
            default -> throw new IllegalStateException("unknown event " + event);
        }
        windows.updateCounts(arrivalsCount());
    }

    private void enqueued(QueueEvent.Enqueued event) {
        MessageHeader header = event.header();
        nextSeq = header.seq() + 1;
        storedAtMillis = header.storedAtMillis();
        count++;
        bytes += header.bodyBytes();
        windows.addTimestamp(header);
        if (header.delayed()) {
            windows.addWaiting(new ScheduledMessage(header, 0, event.availableAtMillis()));
        } else {
            windows.arrivals.add(header);
        }
    }

    private void leased(QueueEvent.Leased event) {
        long seq = event.lease().header().seq();
        lookups.invalidate(seq);
        if (event.waitedUntilMillis() == QueueEvent.Leased.FROM_ARRIVALS) {
            windows.arrivals.remove(0, seq);
        } else {
            windows.removeWaiting(event.waitedUntilMillis(), seq);
        }
        leases.put(event.lease());
    }

    private void released(ScheduledMessage message) {
        long seq = message.header().seq();
        lookups.invalidate(seq);
        leases.remove(seq);
        windows.addWaiting(message);
    }

    private void rescheduled(QueueEvent.Rescheduled event) {
        long seq = event.waiting().header().seq();
        lookups.invalidate(seq);
        windows.removeWaiting(event.fromAvailableAtMillis(), seq);
        windows.addWaiting(event.waiting());
    }

    private void removed(QueueEvent.Removed event) {
        MessageHeader header = event.header();
        lookups.invalidate(header.seq());
        switch (event.place()) {
            case ARRIVAL -> windows.arrivals.remove(0, header.seq());
            case WAITING -> windows.removeWaiting(event.availableAtMillis(), header.seq());
            case LEASED -> leases.remove(header.seq());
            default -> throw new IllegalStateException("unknown place " + event);
        }
        uncount(header);
    }

    private void deadLettering(Lease lease) {
        lookups.invalidate(lease.header().seq());
        leases.remove(lease.header().seq());
        deadLetterTransfers.begin(lease);
    }

    private void deadLettered(long seq) {
        MessageHeader header = deadLetterTransfers.remove(seq);
        if (header != null) {
            lookups.invalidate(seq);
            uncount(header);
        }
    }

    private void purged(QueueEvent.Purged event) {
        lookups.invalidateAll();
        leases.clear();
        deadLetterTransfers.clear();
        windows.clear();
        count = 0;
        bytes = 0;
        purgedBelowSeq = event.belowSeq();
        purgedAtMillis = event.atMillis();
    }

    private void uncount(MessageHeader header) {
        count--;
        bytes -= header.bodyBytes();
        windows.removeTimestamp(header);
    }

    /** From when on that many messages are ready; {@link Long#MAX_VALUE} if arrivals and the window of the schedule have fewer. */
    long readyMillis(int messages) {
        long missing = messages - arrivalsCount();
        if (missing <= 0) {
            return 0;
        }
        return missing > windows.schedule.size()
                ? Long.MAX_VALUE
                : windows.schedule.get((int) missing - 1).availableAtMillis();
    }

    /** Every message has exactly one place, so what has no other is an arrival. */
    private long arrivalsCount() {
        return count - leases.size() - windows.waitingCount() - deadLetterTransfers.size();
    }
}
