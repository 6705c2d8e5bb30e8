package dev.sluice.queue;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** What must hold after every step, whatever happened: memory against the model. */
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

    /** Checks counts always, and places and windows if asked for. */
    void check(boolean thoroughly) {
        BacklogStats metrics = queue.state.metrics();
        BacklogStats expected = model.metrics();
        hold(metrics.backlogCount() == expected.backlogCount(), "count %s, expected %s", metrics, expected);
        hold(metrics.backlogBytes() == expected.backlogBytes(), "bytes %s, expected %s", metrics, expected);
        hold(metrics.oldestTimestampMillis() <= expected.oldestTimestampMillis(), "%s after %s", metrics, expected);
        long deadline = queue.state.deadlineMillis();
        hold(deadline <= model.deadlineMillis(), "deadline %s is late for %s", deadline, model.deadlineMillis());
        if (thoroughly) {
            checkPlaces();
            checkWindows();
            checkHead(queue.state.head());
        }
    }

    private static void hold(boolean holds, String what, Object... arguments) {
        if (!holds) {
            throw new AssertionError(what.formatted(arguments));
        }
    }

    private void checkPlaces() {
        List<NaiveQueue.Message> leased = model.in(NaiveQueue.Place.LEASED);
        hold(leased.size() == queue.state.leaseCount(), "leases: %s", queue.state.leaseCount());
        for (NaiveQueue.Message message : leased) {
            Lease lease = backlog.leases().get(message.seq);
            hold(lease != null, "no lease for %s", message.seq);
            hold(lease.delivery() == message.deliveries, "deliveries of %s", lease);
            hold(lease.expiresAtMillis() == message.leaseEndMillis, "end of %s", lease);
        }
        for (NaiveQueue.Message message : model.in(NaiveQueue.Place.DEPARTING)) {
            hold(backlog.deadLetterTransfers().get(message.seq) != null, "%s does not depart", message.seq);
        }
        for (NaiveQueue.Message message : model.in(NaiveQueue.Place.MOVED)) {
            hold(backlog.deadLetterTransfers().header(message.seq) != null, "%s is not departing", message.seq);
        }
        hold(
                backlog.deadLetterTransfers().size()
                        == model.in(NaiveQueue.Place.DEPARTING).size()
                                + model.in(NaiveQueue.Place.MOVED).size(),
                "departures");
        long ready = model.ready(nowMillis).isEmpty() ? Long.MAX_VALUE : nowMillis;
        hold(
                ready == Long.MAX_VALUE
                        || queue.state.nextReadyMillis() <= Math.max(nowMillis, backlog.storedAtMillis()),
                "ready now, not at %s",
                queue.state.nextReadyMillis());
    }

    private void checkWindows() {
        Windows windows = backlog.windows();
        List<NaiveQueue.Message> waiting = model.in(NaiveQueue.Place.WAITING);
        hold(windows.waitingCount() == waiting.size(), "waiting: %s", windows.waitingCount());
        checkWindow(windows.arrivals, IndexOrder.ARRIVALS, model.in(NaiveQueue.Place.ARRIVAL), message -> 0);
        checkWindow(windows.schedule, IndexOrder.SCHEDULE, waiting, message -> message.sinceMillis);
        checkWindow(windows.waiting, IndexOrder.WAITING, waiting, message -> 0);
        List<NaiveQueue.Message> inherited = model.messages.stream()
                .filter(message -> message.timestampMillis != message.storedAtMillis)
                .toList();
        hold(windows.originalTimestampCount() == inherited.size(), "inherited: %s", windows.originalTimestampCount());
        // A message that was moved already is not in the index on disk any more, so a window may or may not hold it.
        if (model.in(NaiveQueue.Place.MOVED).isEmpty()) {
            checkWindow(
                    windows.originalTimestamps, IndexOrder.INHERITED, inherited, message -> message.timestampMillis);
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
        hold(window.size() == covered.size(), "window holds %s of %s", window.size(), covered.size());
        for (int i = 0; i < covered.size(); i++) {
            NaiveQueue.Message member = covered.get(i);
            hold(order.seq(window.get(i)) == member.seq, "window has %s at %s", window.get(i), i);
            hold(order.millis(window.get(i)) == millis.applyAsLong(member), "window has %s at %s", window.get(i), i);
            if (window.get(i) instanceof ScheduledMessage waiting) {
                hold(waiting.deliveries() == member.deliveries, "deliveries of %s", waiting);
                hold(waiting.availableAtMillis() == member.sinceMillis, "place of %s", waiting);
            }
        }
    }

    /** The lower bounds in the head. */
    private void checkHead(QueueHead head) {
        hold(head.nextSeq() == model.nextSeq, "next seq %s", head);
        for (NaiveQueue.Message message : model.messages) {
            if (message.place == NaiveQueue.Place.ARRIVAL) {
                hold(head.arrivalsFrom() <= message.seq, "arrivals %s", head);
            }
            if (message.place == NaiveQueue.Place.WAITING) {
                hold(head.scheduleFromMillis() <= message.sinceMillis, "schedule %s", head);
                hold(head.waitingFromSeq() <= message.seq, "waiting %s", head);
            }
            // A message that was moved already has no row in the index on disk, and the bound speaks of that.
            boolean hasRow = message.place != NaiveQueue.Place.MOVED;
            if (hasRow && message.timestampMillis != message.storedAtMillis) {
                hold(head.inheritedFromMillis() <= message.timestampMillis, "inherited %s", head);
            }
        }
    }

    /** What is on disk, against the model: every message once, in its place, and nothing else. */
    void checkDisk(FakeDisk disk) {
        checkSchedule(disk);
        QueueImage image = disk.load(queue.number);
        int held = model.in(NaiveQueue.Place.LEASED).size()
                + model.in(NaiveQueue.Place.DEPARTING).size();
        hold(image.leases().size() == held, "%s leases on disk, expected %s", image.leases(), held);
        long markers = image.departed().stream()
                .filter(header -> header.seq() >= image.head().purgedBelowSeq())
                .count();
        hold(markers == model.in(NaiveQueue.Place.MOVED).size(), "markers %s", image.departed());
        long[] all = model.messages.stream()
                .filter(message -> message.place != NaiveQueue.Place.MOVED)
                .mapToLong(message -> message.seq)
                .toArray();
        List<?> found = disk.read(queue.number, new ReadRequest(ReadRequest.ReadKind.FIND, 0, 0, all.length, all));
        hold(found.size() == all.length, "%s on disk, expected %s", found, all.length);
        for (int i = 0; i < all.length; i++) {
            MessageHeader header = ((LookupResult) found.get(i)).header();
            NaiveQueue.Message message = model.message(all[i]);
            hold(header.seq() == message.seq, "%s on disk, expected %s", header, message.seq);
            hold(header.timestampMillis() == message.timestampMillis, "timestamp of %s", header);
            hold(header.storedAtMillis() == message.storedAtMillis, "arrival of %s", header);
            hold(disk.content(queue.number, header).idLow() == message.id, "id of %s", header);
        }
        hold(disk.recordCount(queue.number) == all.length, "%s records on disk", disk.recordCount(queue.number));
    }

    private void checkSchedule(FakeDisk disk) {
        List<?> schedule =
                disk.read(queue.number, new ReadRequest(ReadRequest.ReadKind.SCHEDULE, 0, 0, Integer.MAX_VALUE, null));
        List<NaiveQueue.Message> waiting = model.in(NaiveQueue.Place.WAITING).stream()
                .sorted(Comparator.<NaiveQueue.Message>comparingLong(message -> message.sinceMillis)
                        .thenComparingLong(message -> message.seq))
                .toList();
        hold(schedule.size() == waiting.size(), "schedule on disk %s", schedule);
        for (int i = 0; i < waiting.size(); i++) {
            ScheduledMessage row = (ScheduledMessage) schedule.get(i);
            NaiveQueue.Message message = waiting.get(i);
            hold(row.header().seq() == message.seq, "%s on disk, expected %s", row, message.seq);
            hold(row.deliveries() == message.deliveries, "deliveries of %s", row);
            hold(row.availableAtMillis() == message.sinceMillis, "place of %s", row);
        }
    }
}
