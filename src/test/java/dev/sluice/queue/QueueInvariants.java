package dev.sluice.queue;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** Compares the state in memory and on disk with the model. The comparison must succeed after every step. */
final class QueueInvariants {
    private final QueueUnderTest queue;
    private final NaiveQueue model;
    private final Backlog backlog;
    private final long nowMillis;

    QueueInvariants(QueueUnderTest queue, long nowMillis) {
        this.queue = queue;
        this.model = queue.model;
        this.backlog = queue.state.backlog();
        this.nowMillis = nowMillis;
    }

    /**
     * Checks the counts.
     *
     * @param thoroughly whether to check places, windows and the head too
     */
    void check(boolean thoroughly) {
        BacklogStats metrics = queue.state.metrics();
        BacklogStats expected = model.metrics();
        require(metrics.backlogCount() == expected.backlogCount(), "count %s, expected %s", metrics, expected);
        require(metrics.backlogBytes() == expected.backlogBytes(), "bytes %s, expected %s", metrics, expected);
        require(metrics.oldestTimestampMillis() <= expected.oldestTimestampMillis(), "%s after %s", metrics, expected);
        long deadline = queue.state.deadlineMillis();
        require(deadline <= model.deadlineMillis(), "deadline %s is late for %s", deadline, model.deadlineMillis());
        checkSnapshot(queue.state.snapshot(nowMillis), expected);
        if (thoroughly) {
            checkPlaces();
            checkWindows();
            checkHead(queue.state.head());
        }
    }

    private void checkSnapshot(BacklogSnapshot snapshot, BacklogStats expected) {
        require(snapshot.count() == expected.backlogCount(), "count %s, expected %s", snapshot, expected);
        require(snapshot.bytes() == expected.backlogBytes(), "bytes %s, expected %s", snapshot, expected);
        require(
                !snapshot.isComplete() || snapshot.stats().equals(expected),
                "oldest %s, expected %s",
                snapshot,
                expected);
        long leased = model.messages.stream()
                .filter(message ->
                        message.place != NaiveQueue.Place.ARRIVAL && message.place != NaiveQueue.Place.SCHEDULED)
                .count();
        require(snapshot.leasedCount() == leased, "leased %s, expected %s", snapshot, leased);
        checkDelayed(snapshot, nowMillis);
        checkDelayed(snapshot, snapshot.nextDueMillis() - 1);
        Window<ScheduledMessage> schedule = backlog.windows().schedule;
        if (schedule.isComplete() && schedule.size() > 0) {
            checkDelayed(snapshot, snapshot.lastDueMillis());
        }
    }

    /** What memory does not hold may be counted as ready too early, never too late. */
    private void checkDelayed(BacklogSnapshot snapshot, long atMillis) {
        if (atMillis < nowMillis || atMillis >= Long.MAX_VALUE - 1) {
            return;
        }
        long expected = model.in(NaiveQueue.Place.SCHEDULED).stream()
                .filter(message -> message.availableAtMillis > atMillis)
                .count();
        long delayed = snapshot.delayedCount(atMillis);
        boolean isKnown = backlog.windows().schedule.boundMillis() > atMillis;
        require(
                isKnown ? delayed == expected : delayed <= expected,
                "delayed %s, expected %s at %s: %s",
                delayed,
                expected,
                atMillis,
                snapshot);
        require(
                snapshot.readyCount(atMillis) == snapshot.count() - snapshot.leasedCount() - delayed,
                "ready %s",
                snapshot);
    }

    private static void require(boolean valid, String what, Object... arguments) {
        if (!valid) {
            throw new AssertionError(what.formatted(arguments));
        }
    }

    private void checkPlaces() {
        List<NaiveQueue.Message> leased = model.in(NaiveQueue.Place.LEASED);
        require(leased.size() == queue.state.leaseCount(), "leases: %s", queue.state.leaseCount());
        for (NaiveQueue.Message message : leased) {
            Lease lease = backlog.leases().get(message.seq);
            require(lease != null, "no lease for %s", message.seq);
            require(lease.delivery() == message.deliveries, "deliveries of %s", lease);
            require(lease.expiresAtMillis() == message.leaseEndMillis, "end of %s", lease);
        }
        for (NaiveQueue.Message message : model.in(NaiveQueue.Place.DEAD_LETTERING)) {
            require(backlog.deadLetterTransfers().get(message.seq) != null, "%s is not in transfer", message.seq);
        }
        for (NaiveQueue.Message message : model.in(NaiveQueue.Place.MOVED)) {
            require(
                    backlog.deadLetterTransfers().header(message.seq) != null,
                    "%s is not counted as dead-lettering",
                    message.seq);
        }
        require(
                backlog.deadLetterTransfers().size()
                        == model.in(NaiveQueue.Place.DEAD_LETTERING).size()
                                + model.in(NaiveQueue.Place.MOVED).size(),
                "dead-letter transfers");
        long ready = model.ready(nowMillis).isEmpty() ? Long.MAX_VALUE : nowMillis;
        require(
                ready == Long.MAX_VALUE
                        || queue.state.nextReadyMillis() <= Math.max(nowMillis, backlog.storedAtMillis()),
                "ready now, not at %s",
                queue.state.nextReadyMillis());
    }

    private void checkWindows() {
        Windows windows = backlog.windows();
        List<NaiveQueue.Message> scheduled = model.in(NaiveQueue.Place.SCHEDULED);
        require(windows.scheduledCount() == scheduled.size(), "scheduled: %s", windows.scheduledCount());
        checkWindow(windows.arrivals, IndexOrder.ARRIVALS, model.in(NaiveQueue.Place.ARRIVAL), message -> 0);
        checkWindow(windows.schedule, IndexOrder.SCHEDULE, scheduled, message -> message.availableAtMillis);
        checkWindow(windows.scheduledBySeq, IndexOrder.SCHEDULED_BY_SEQ, scheduled, message -> 0);
        List<NaiveQueue.Message> originalTimestamps = model.messages.stream()
                .filter(message -> message.timestampMillis != message.storedAtMillis)
                .toList();
        require(
                windows.originalTimestampCount() == originalTimestamps.size(),
                "originalTimestamps: %s",
                windows.originalTimestampCount());
        // A moved message is not in the index on disk any more, so a window may or may not contain it.
        if (model.in(NaiveQueue.Place.MOVED).isEmpty()) {
            checkWindow(
                    windows.originalTimestamps,
                    IndexOrder.ORIGINAL_TIMESTAMPS,
                    originalTimestamps,
                    message -> message.timestampMillis);
        }
    }

    private static <E> void checkWindow(
            Window<E> window,
            IndexOrder<E> order,
            List<NaiveQueue.Message> members,
            ToLongFunction<NaiveQueue.Message> millis) {
        List<NaiveQueue.Message> covered = members.stream()
                .filter(member -> window.covers(millis.applyAsLong(member), member.seq))
                .sorted(Comparator.comparingLong(millis).thenComparingLong(member -> member.seq))
                .toList();
        require(window.size() == covered.size(), "window holds %s of %s", window.size(), covered.size());
        for (int i = 0; i < covered.size(); i++) {
            NaiveQueue.Message member = covered.get(i);
            require(order.seq(window.get(i)) == member.seq, "window has %s at %s", window.get(i), i);
            require(order.millis(window.get(i)) == millis.applyAsLong(member), "window has %s at %s", window.get(i), i);
            if (window.get(i) instanceof ScheduledMessage scheduled) {
                require(scheduled.deliveries() == member.deliveries, "deliveries of %s", scheduled);
                require(scheduled.availableAtMillis() == member.availableAtMillis, "place of %s", scheduled);
            }
        }
    }

    /** Checks the lower bounds in the head. */
    private void checkHead(QueueHead head) {
        require(head.nextSeq() == model.nextSeq, "next seq %s", head);
        for (NaiveQueue.Message message : model.messages) {
            if (message.place == NaiveQueue.Place.ARRIVAL) {
                require(head.arrivalsFromSeq() <= message.seq, "arrivals %s", head);
            }
            if (message.place == NaiveQueue.Place.SCHEDULED) {
                require(head.scheduleFromMillis() <= message.availableAtMillis, "schedule %s", head);
                require(head.scheduledFromSeq() <= message.seq, "scheduled %s", head);
            }
            // A moved message has no row in the index on disk, and the bound is one of those rows.
            boolean hasRow = message.place != NaiveQueue.Place.MOVED;
            if (hasRow && message.timestampMillis != message.storedAtMillis) {
                require(head.originalTimestampFromMillis() <= message.timestampMillis, "originalTimestamps %s", head);
            }
        }
    }

    /** Compares the disk with the model: every message once, in its place, and nothing else. */
    void checkDisk(FakeDisk disk) {
        checkSchedule(disk);
        QueueImage image = disk.load(queue.number);
        int leases = model.in(NaiveQueue.Place.LEASED).size()
                + model.in(NaiveQueue.Place.DEAD_LETTERING).size();
        require(image.leases().size() == leases, "%s leases on disk, expected %s", image.leases(), leases);
        long markers = image.deadLettered().stream()
                .filter(header -> header.seq() >= image.head().purgedBelowSeq())
                .count();
        require(markers == model.in(NaiveQueue.Place.MOVED).size(), "markers %s", image.deadLettered());
        long[] all = model.messages.stream()
                .filter(message -> message.place != NaiveQueue.Place.MOVED)
                .mapToLong(message -> message.seq)
                .toArray();
        List<?> found = disk.read(queue.number, new ReadRequest(ReadRequest.ReadKind.LOOKUP, 0, 0, all.length, all));
        require(found.size() == all.length, "%s on disk, expected %s", found, all.length);
        for (int i = 0; i < all.length; i++) {
            MessageHeader header = ((LookupResult) found.get(i)).header();
            NaiveQueue.Message message = model.message(all[i]);
            require(header.seq() == message.seq, "%s on disk, expected %s", header, message.seq);
            require(header.timestampMillis() == message.timestampMillis, "timestamp of %s", header);
            require(header.storedAtMillis() == message.storedAtMillis, "arrival of %s", header);
            require(disk.content(queue.number, header).idLow() == message.id, "id of %s", header);
        }
        require(disk.recordCount(queue.number) == all.length, "%s records on disk", disk.recordCount(queue.number));
    }

    private void checkSchedule(FakeDisk disk) {
        List<?> schedule =
                disk.read(queue.number, new ReadRequest(ReadRequest.ReadKind.SCHEDULE, 0, 0, Integer.MAX_VALUE, null));
        List<NaiveQueue.Message> scheduled = model.in(NaiveQueue.Place.SCHEDULED).stream()
                .sorted(Comparator.<NaiveQueue.Message>comparingLong(message -> message.availableAtMillis)
                        .thenComparingLong(message -> message.seq))
                .toList();
        require(schedule.size() == scheduled.size(), "schedule on disk %s", schedule);
        for (int i = 0; i < scheduled.size(); i++) {
            ScheduledMessage row = (ScheduledMessage) schedule.get(i);
            NaiveQueue.Message message = scheduled.get(i);
            require(row.header().seq() == message.seq, "%s on disk, expected %s", row, message.seq);
            require(row.deliveries() == message.deliveries, "deliveries of %s", row);
            require(row.availableAtMillis() == message.availableAtMillis, "place of %s", row);
        }
    }
}
