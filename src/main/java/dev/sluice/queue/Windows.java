package dev.sluice.queue;

import java.util.List;

/** The four windows of a queue and the numbers of members that its head keeps. */
final class Windows {
    private static final long NOWHERE = Long.MAX_VALUE;

    /** The reads that fill a window, the most urgent first. */
    private static final List<Need.Kind> ORDERED =
            List.of(Need.Kind.ARRIVALS, Need.Kind.SCHEDULE, Need.Kind.WAITING, Need.Kind.INHERITED);

    final Window<MessageHeader> arrivals;
    final Window<Waiting> schedule;
    final Window<Waiting> waiting;
    final Window<MessageHeader> inherited;

    private long waitingCount;
    private long inheritedCount;

    /** Windows that know nothing yet beyond the lower bounds of the head. */
    Windows(QueueHead head, int capacity, MemoryBudget budget) {
        waitingCount = head.waitingCount();
        inheritedCount = head.inheritedCount();
        int floor = Window.FLOOR;
        arrivals = new Window<>(Order.ARRIVALS, MessageHeader.class, capacity, floor, budget, 0, head.arrivalsFrom());
        schedule = new Window<>(Order.SCHEDULE, Waiting.class, capacity, floor, budget, head.scheduleFromMillis(), 0);
        waiting = new Window<>(Order.WAITING, Waiting.class, capacity, floor, budget, 0, head.waitingFromSeq());
        inherited = new Window<>(
                Order.INHERITED, MessageHeader.class, capacity, floor, budget, head.inheritedFromMillis(), 0);
    }

    long waitingCount() {
        return waitingCount;
    }

    long inheritedCount() {
        return inheritedCount;
    }

    void addWaiting(Waiting message) {
        waitingCount++;
        schedule.add(message);
        waiting.add(message);
    }

    void removeWaiting(long availableAtMillis, long seq) {
        waitingCount--;
        schedule.remove(availableAtMillis, seq);
        waiting.remove(0, seq);
    }

    /** A message came to this queue; matters if it brought its timestamp along. */
    void addTimestamp(MessageHeader header) {
        if (header.inherited()) {
            inheritedCount++;
            inherited.add(header);
        }
    }

    /** A message left this queue. */
    void removeTimestamp(MessageHeader header) {
        if (header.inherited()) {
            inheritedCount--;
            inherited.remove(header.timestampMillis(), header.seq());
        }
    }

    /** To be called when the counts are right again after an event. */
    void settle(long arrivalsCount) {
        arrivals.settle(arrivalsCount);
        schedule.settle(waitingCount);
        waiting.settle(waitingCount);
        inherited.settle(inheritedCount);
    }

    void clear() {
        waitingCount = 0;
        inheritedCount = 0;
        arrivals.clear();
        schedule.clear();
        waiting.clear();
        inherited.clear();
    }

    void close() {
        arrivals.close();
        schedule.close();
        waiting.close();
        inherited.close();
    }

    /** The number below which there is no arrival; {@code nextSeq} if there are none. */
    long arrivalsFromSeq(long nextSeq) {
        MessageHeader first = arrivals.first();
        if (first != null) {
            return first.seq();
        }
        return arrivals.isComplete() ? nextSeq : arrivals.boundSeq();
    }

    /** The time before which no waiting message is available, {@link Long#MAX_VALUE} if none is waiting. */
    long scheduleFromMillis() {
        Waiting first = schedule.first();
        return first == null ? schedule.boundMillis() : first.availableAtMillis();
    }

    /** The number below which there is no waiting message; {@code nextSeq} if there are none. */
    long waitingFromSeq(long nextSeq) {
        Waiting first = waiting.first();
        if (first != null) {
            return first.header().seq();
        }
        return waiting.isComplete() ? nextSeq : waiting.boundSeq();
    }

    /** The time before which no timestamp was inherited, {@link Long#MAX_VALUE} if none was. */
    long inheritedFromMillis() {
        MessageHeader first = inherited.first();
        return first == null ? inherited.boundMillis() : first.timestampMillis();
    }

    /** When the oldest arrival was stored, or not later; {@link Long#MAX_VALUE} if there are none. */
    long oldestArrivalStoredAtMillis() {
        if (arrivals.isComplete() && arrivals.size() == 0) {
            return NOWHERE;
        }
        MessageHeader known = arrivals.size() > 0 ? arrivals.first() : arrivals.edge();
        return known == null ? 0 : known.storedAtMillis();
    }

    /** When the oldest waiting message was stored, or not later; {@link Long#MAX_VALUE} if there are none. */
    long oldestWaitingStoredAtMillis() {
        if (waiting.isComplete() && waiting.size() == 0) {
            return NOWHERE;
        }
        Waiting known = waiting.size() > 0 ? waiting.first() : waiting.edge();
        return known == null ? 0 : known.header().storedAtMillis();
    }

    /**
     * Smallest timestamp, or a lower bound of it while a head is not known; {@link Long#MAX_VALUE} if there are no members.
     * Timestamps of this queue's own grow with the number, so the heads and the inherited ones tell.
     */
    long oldestTimestampMillis() {
        long oldest = Math.min(oldestArrivalStoredAtMillis(), oldestWaitingStoredAtMillis());
        return Math.min(oldest, inheritedFromMillis());
    }

    Need need(Need.Kind kind) {
        Window<?> window = of(kind);
        return new Need(kind, window.boundMillis(), window.boundSeq(), window.room(), null);
    }

    /** What could be read ahead, or null. */
    Need wish() {
        for (Need.Kind kind : ORDERED) {
            if (of(kind).isLow()) {
                return need(kind);
            }
        }
        return null;
    }

    Window<?> of(Need.Kind kind) {
        return switch (kind) {
            case ARRIVALS -> arrivals;
            case SCHEDULE -> schedule;
            case WAITING -> waiting;
            case INHERITED -> inherited;
            case FIND -> throw new IllegalArgumentException("a lookup has no window");
        };
    }

    void begin(Need need) {
        of(need.kind()).begin(need.fromMillis(), need.fromSeq());
    }

    void supply(Need need, List<?> rows, boolean last) {
        of(need.kind()).supply(rows, last);
    }
}
