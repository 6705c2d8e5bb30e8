package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue: where each one is, and how many there are. Has no rules and no settings; events change it,
 * commands read it.
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
    private DeadLetterMove move;

    Backlog(QueueImage image, ByteBudget budget, int windowMessagesMax) {
        QueueHead head = image.head();
        nextSeq = head.nextSeq();
        count = head.count();
        bytes = head.bytes();
        storedAtMillis = head.storedAtMillis();
        purgedBelowSeq = head.purgedBelowSeq();
        purgedAtMillis = head.purgedAtMillis();
        windows = new Windows(head, windowMessagesMax, budget);
        deadLetterTransfers = new DeadLetterTransfers(image.deadLettered(), purgedBelowSeq);
        move = image.move();
        for (Lease lease : image.leases()) {
            leases.put(lease);
        }
        for (DeadLetterMove.Letter letter : move.letters()) {
            // Those of a move that is under way depart: they neither expire nor come back.
            Lease lease = leases.remove(letter.seq());
            if (lease != null) {
                deadLetterTransfers.begin(new QueueEvent.DeadLettering(lease, letter.reason(), letter.atMillis()));
            }
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

    /** The last move of dead letters to a queue that is stored apart; a purge leaves it as it is. */
    DeadLetterMove move() {
        return move;
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

    /** When the newest message was stored. */
    long storedAtMillis() {
        return storedAtMillis;
    }

    long purgedBelowSeq() {
        return purgedBelowSeq;
    }

    long purgedAtMillis() {
        return purgedAtMillis;
    }

    /** Returns whether a message with that number was ever stored in this queue. */
    boolean wasStored(long seq) {
        return seq > 0 && seq < nextSeq;
    }

    /**
     * Returns whether the store has to be asked where a message is. After that lookup {@link #scheduled} and {@link
     * #arrival} are exact; a message that neither they nor the leases hold is removed.
     */
    boolean needsLookup(long seq) {
        if (!wasStored(seq) || windows.arrivals.covers(0, seq) && windows.scheduledBySeq.covers(0, seq)) {
            return false;
        }
        return leases.get(seq) == null
                && deadLetterTransfers.header(seq) == null
                && windows.arrivals.find(0, seq) == null
                && windows.scheduledBySeq.find(0, seq) == null
                && !lookups.contains(seq);
    }

    /** Returns the scheduled message with that number, or null. */
    @Nullable
    ScheduledMessage scheduled(long seq) {
        ScheduledMessage message = windows.scheduledBySeq.find(0, seq);
        if (message != null) {
            return message;
        }
        LookupResult found = lookups.get(seq);
        return found == null
                        || found.availableAtMillis() == LookupResult.NOT_SCHEDULED
                        || windows.scheduledBySeq.covers(0, seq)
                ? null
                : new ScheduledMessage(found.header(), found.deliveries(), found.availableAtMillis());
    }

    /** Returns the arrival with that number, or null. */
    @Nullable
    MessageHeader arrival(long seq) {
        MessageHeader header = windows.arrivals.find(0, seq);
        if (header != null) {
            return header;
        }
        LookupResult found = lookups.get(seq);
        return found != null
                        && found.availableAtMillis() == LookupResult.NOT_SCHEDULED
                        && found.deliveries() == 0
                        && !windows.arrivals.covers(0, seq)
                ? found.header()
                : null;
    }

    /**
     * Returns the event that removes a message from its place; null if it is removed already or is being
     * dead-lettered, which counts as removed. Valid only while {@link #needsLookup} returns false for that number.
     */
    @Nullable
    QueueEvent removal(long seq, QueueEvent.Cause cause) {
        Lease lease = leases.get(seq);
        if (lease != null) {
            return new QueueEvent.Removed(lease.header(), QueueEvent.MessageLocation.LEASED, 0, cause);
        }
        if (deadLetterTransfers.header(seq) != null) {
            return null;
        }
        ScheduledMessage scheduled = scheduled(seq);
        if (scheduled != null) {
            return new QueueEvent.Removed(
                    scheduled.header(), QueueEvent.MessageLocation.SCHEDULED, scheduled.availableAtMillis(), cause);
        }
        MessageHeader arrival = arrival(seq);
        return arrival == null ? null : new QueueEvent.Removed(arrival, QueueEvent.MessageLocation.ARRIVAL, 0, cause);
    }

    void apply(QueueEvent event) {
        switch (event.kind()) {
            case ENQUEUED -> enqueued((QueueEvent.Enqueued) event);
            case LEASED -> leased((QueueEvent.Leased) event);
            case RELEASED -> released(((QueueEvent.Released) event).message());
            case RESCHEDULED -> rescheduled((QueueEvent.Rescheduled) event);
            case REMOVED -> removed((QueueEvent.Removed) event);
            case DEAD_LETTERING -> deadLettering((QueueEvent.DeadLettering) event);
            case DEAD_LETTERED ->
                deadLettered(((QueueEvent.DeadLettered) event).header().seq());
            case PURGED -> purged((QueueEvent.Purged) event);
            case MOVE_BEGUN -> move = ((QueueEvent.MoveBegun) event).move();
            case MOVED -> deadLettered(((QueueEvent.Moved) event).header().seq());
            case MOVE_ENDED -> move = move.ended();
            case MOVE_RECEIVED -> {
                // Memory does not hold what was received: it is read when a move arrives.
            }
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
            windows.addScheduled(new ScheduledMessage(header, 0, event.availableAtMillis()));
        } else {
            windows.arrivals.add(header);
        }
    }

    private void leased(QueueEvent.Leased event) {
        long seq = event.lease().header().seq();
        lookups.invalidate(seq);
        if (event.availableAtMillis() == QueueEvent.Leased.FROM_ARRIVALS) {
            windows.arrivals.remove(0, seq);
        } else {
            windows.removeScheduled(event.availableAtMillis(), seq);
        }
        leases.put(event.lease());
    }

    private void released(ScheduledMessage message) {
        long seq = message.header().seq();
        lookups.invalidate(seq);
        leases.remove(seq);
        windows.addScheduled(message);
    }

    private void rescheduled(QueueEvent.Rescheduled event) {
        long seq = event.message().header().seq();
        lookups.invalidate(seq);
        windows.removeScheduled(event.fromAvailableAtMillis(), seq);
        windows.addScheduled(event.message());
    }

    private void removed(QueueEvent.Removed event) {
        MessageHeader header = event.header();
        lookups.invalidate(header.seq());
        switch (event.location()) {
            case ARRIVAL -> windows.arrivals.remove(0, header.seq());
            case SCHEDULED -> windows.removeScheduled(event.availableAtMillis(), header.seq());
            case LEASED -> leases.remove(header.seq());
            default -> throw new IllegalStateException("unknown location " + event);
        }
        removeFromCounts(header);
    }

    private void deadLettering(QueueEvent.DeadLettering event) {
        long seq = event.lease().header().seq();
        lookups.invalidate(seq);
        leases.remove(seq);
        deadLetterTransfers.begin(event);
    }

    private void deadLettered(long seq) {
        MessageHeader header = deadLetterTransfers.remove(seq);
        if (header != null) {
            lookups.invalidate(seq);
            removeFromCounts(header);
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

    private void removeFromCounts(MessageHeader header) {
        count--;
        bytes -= header.bodyBytes();
        windows.removeTimestamp(header);
    }

    /**
     * Returns from when that many messages are ready; {@link Long#MAX_VALUE} if arrivals and the window of the
     * schedule hold fewer.
     */
    long readyMillis(int messages) {
        long missing = messages - arrivalsCount();
        if (missing <= 0) {
            return 0;
        }
        return missing > windows.schedule.size()
                ? Long.MAX_VALUE
                : windows.schedule.get((int) missing - 1).availableAtMillis();
    }

    /** Returns the backlog by state; the caller knows the oldest timestamp. */
    BacklogSnapshot snapshot(long nowMillis, long oldestTimestampMillis) {
        long leased = (long) leases.size() + deadLetterTransfers.size();
        long scheduled = windows.scheduledCount();
        Window<ScheduledMessage> schedule = windows.schedule;
        long due = schedule.sizeBelow(nowMillis + 1, 0);
        long nextDueMillis = Long.MAX_VALUE;
        long lastDueMillis = Long.MAX_VALUE;
        if (due < schedule.size()) {
            nextDueMillis = schedule.get((int) due).availableAtMillis();
            lastDueMillis = schedule.get(schedule.size() - 1).availableAtMillis();
        } else if (due < scheduled) {
            nextDueMillis = schedule.boundMillis();
            lastDueMillis = nextDueMillis;
        }
        return new BacklogSnapshot(
                count, bytes, leased, scheduled, due, nextDueMillis, lastDueMillis, oldestTimestampMillis);
    }

    /** Every message is in exactly one place, so what is in no other place is an arrival. */
    private long arrivalsCount() {
        return count - leases.size() - windows.scheduledCount() - deadLetterTransfers.size();
    }
}
