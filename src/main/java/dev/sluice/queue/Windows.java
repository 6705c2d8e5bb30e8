package dev.sluice.queue;

import java.util.List;

/** The four windows of a queue and the numbers of members that its head keeps. */
final class Windows {
    private static final long NOWHERE = Long.MAX_VALUE;

    /** The reads that fill a window, the most urgent first. */
    private static final List<ReadRequest.ReadKind> ORDERED = List.of(
            ReadRequest.ReadKind.ARRIVALS,
            ReadRequest.ReadKind.SCHEDULE,
            ReadRequest.ReadKind.WAITING,
            ReadRequest.ReadKind.INHERITED);

    final Window<MessageHeader> arrivals;
    final Window<ScheduledMessage> schedule;
    final Window<ScheduledMessage> waiting;
    final Window<MessageHeader> originalTimestamps;

    private long waitingCount;
    private long originalTimestampCount;

    /** Windows that know nothing yet beyond the lower bounds of the head. */
    Windows(QueueHead head, int capacity, MemoryBudget budget) {
        waitingCount = head.waitingCount();
        originalTimestampCount = head.originalTimestampCount();
        int floor = Window.FLOOR;
        arrivals =
                new Window<>(IndexOrder.ARRIVALS, MessageHeader.class, capacity, floor, budget, 0, head.arrivalsFrom());
        schedule = new Window<>(
                IndexOrder.SCHEDULE, ScheduledMessage.class, capacity, floor, budget, head.scheduleFromMillis(), 0);
        waiting = new Window<>(
                IndexOrder.WAITING, ScheduledMessage.class, capacity, floor, budget, 0, head.waitingFromSeq());
        originalTimestamps = new Window<>(
                IndexOrder.INHERITED, MessageHeader.class, capacity, floor, budget, head.inheritedFromMillis(), 0);
    }

    long waitingCount() {
        return waitingCount;
    }

    long originalTimestampCount() {
        return originalTimestampCount;
    }

    void addWaiting(ScheduledMessage message) {
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
        if (header.hasOriginalTimestamp()) {
            originalTimestampCount++;
            originalTimestamps.add(header);
        }
    }

    /** A message left this queue. */
    void removeTimestamp(MessageHeader header) {
        if (header.hasOriginalTimestamp()) {
            originalTimestampCount--;
            originalTimestamps.remove(header.timestampMillis(), header.seq());
        }
    }

    /** To be called when the counts are right again after an event. */
    void updateCounts(long arrivalsCount) {
        arrivals.updateCount(arrivalsCount);
        schedule.updateCount(waitingCount);
        waiting.updateCount(waitingCount);
        originalTimestamps.updateCount(originalTimestampCount);
    }

    void clear() {
        waitingCount = 0;
        originalTimestampCount = 0;
        arrivals.clear();
        schedule.clear();
        waiting.clear();
        originalTimestamps.clear();
    }

    void close() {
        arrivals.close();
        schedule.close();
        waiting.close();
        originalTimestamps.close();
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
        ScheduledMessage first = schedule.first();
        return first == null ? schedule.boundMillis() : first.availableAtMillis();
    }

    /** The number below which there is no waiting message; {@code nextSeq} if there are none. */
    long waitingFromSeq(long nextSeq) {
        ScheduledMessage first = waiting.first();
        if (first != null) {
            return first.header().seq();
        }
        return waiting.isComplete() ? nextSeq : waiting.boundSeq();
    }

    /** The time before which no timestamp was inherited, {@link Long#MAX_VALUE} if none was. */
    long originalTimestampFromMillis() {
        MessageHeader first = originalTimestamps.first();
        return first == null ? originalTimestamps.boundMillis() : first.timestampMillis();
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
        ScheduledMessage known = waiting.size() > 0 ? waiting.first() : waiting.edge();
        return known == null ? 0 : known.header().storedAtMillis();
    }

    /**
     * Smallest timestamp, or a lower bound of it while a head is not known; {@link Long#MAX_VALUE} if there are no members.
     * Timestamps of this queue's own grow with the number, so the heads and the inherited ones tell.
     */
    long oldestTimestampMillis() {
        long oldest = Math.min(oldestArrivalStoredAtMillis(), oldestWaitingStoredAtMillis());
        return Math.min(oldest, originalTimestampFromMillis());
    }

    ReadRequest requiredRead(ReadRequest.ReadKind kind) {
        Window<?> window = of(kind);
        return new ReadRequest(kind, window.boundMillis(), window.boundSeq(), window.room(), null);
    }

    /** What could be read ahead, or null. */
    ReadRequest readAhead() {
        for (ReadRequest.ReadKind kind : ORDERED) {
            if (of(kind).isLow()) {
                return requiredRead(kind);
            }
        }
        return null;
    }

    Window<?> of(ReadRequest.ReadKind kind) {
        return switch (kind) {
            case ARRIVALS -> arrivals;
            case SCHEDULE -> schedule;
            case WAITING -> waiting;
            case INHERITED -> originalTimestamps;
            case FIND -> throw new IllegalArgumentException("a lookup has no window");
        };
    }

    void begin(ReadRequest need) {
        of(need.kind()).begin(need.fromMillis(), need.fromSeq());
    }

    void supply(ReadRequest need, List<?> rows, boolean last) {
        of(need.kind()).supply(rows, last);
    }
}
