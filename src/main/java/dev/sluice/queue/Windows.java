package dev.sluice.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The four windows of a queue, and the counts of index members that the head stores. Package-private part of {@link
 * Backlog}.
 */
final class Windows {
    private static final long NONE_MILLIS = Long.MAX_VALUE;

    /** The reads that fill a window, the most urgent first. */
    private static final List<ReadRequest.ReadKind> BY_URGENCY = List.of(
            ReadRequest.ReadKind.ARRIVALS,
            ReadRequest.ReadKind.SCHEDULE,
            ReadRequest.ReadKind.SCHEDULED_BY_SEQ,
            ReadRequest.ReadKind.ORIGINAL_TIMESTAMPS);

    final Window<MessageHeader> arrivals;
    final Window<ScheduledMessage> schedule;
    final Window<ScheduledMessage> scheduledBySeq;
    final Window<MessageHeader> originalTimestamps;

    private long scheduledCount;
    private long originalTimestampCount;

    /** Empty windows: only the lower bounds of the head are known. */
    Windows(QueueHead head, int capacity, ByteBudget budget) {
        scheduledCount = head.scheduledCount();
        originalTimestampCount = head.originalTimestampCount();
        int guaranteed = Window.GUARANTEED;
        arrivals = new Window<>(
                IndexOrder.ARRIVALS, MessageHeader.class, capacity, guaranteed, budget, 0, head.arrivalsFromSeq());
        schedule = new Window<>(
                IndexOrder.SCHEDULE,
                ScheduledMessage.class,
                capacity,
                guaranteed,
                budget,
                head.scheduleFromMillis(),
                0);
        scheduledBySeq = new Window<>(
                IndexOrder.SCHEDULED_BY_SEQ,
                ScheduledMessage.class,
                capacity,
                guaranteed,
                budget,
                0,
                head.scheduledFromSeq());
        originalTimestamps = new Window<>(
                IndexOrder.ORIGINAL_TIMESTAMPS,
                MessageHeader.class,
                capacity,
                guaranteed,
                budget,
                head.originalTimestampFromMillis(),
                0);
    }

    long scheduledCount() {
        return scheduledCount;
    }

    long originalTimestampCount() {
        return originalTimestampCount;
    }

    void addScheduled(ScheduledMessage message) {
        scheduledCount++;
        schedule.add(message);
        scheduledBySeq.add(message);
    }

    void removeScheduled(long availableAtMillis, long seq) {
        scheduledCount--;
        schedule.remove(availableAtMillis, seq);
        scheduledBySeq.remove(0, seq);
    }

    /** A message was stored. It has a row in the index only if its timestamp comes from another queue. */
    void addTimestamp(MessageHeader header) {
        if (header.hasOriginalTimestamp()) {
            originalTimestampCount++;
            originalTimestamps.add(header);
        }
    }

    /** A message was removed. */
    void removeTimestamp(MessageHeader header) {
        if (header.hasOriginalTimestamp()) {
            originalTimestampCount--;
            originalTimestamps.remove(header.timestampMillis(), header.seq());
        }
    }

    /** Must be called after each event, when all counts are correct again. */
    void updateCounts(long arrivalsCount) {
        arrivals.updateCount(arrivalsCount);
        schedule.updateCount(scheduledCount);
        scheduledBySeq.updateCount(scheduledCount);
        originalTimestamps.updateCount(originalTimestampCount);
    }

    void clear() {
        scheduledCount = 0;
        originalTimestampCount = 0;
        arrivals.clear();
        schedule.clear();
        scheduledBySeq.clear();
        originalTimestamps.clear();
    }

    void close() {
        arrivals.close();
        schedule.close();
        scheduledBySeq.close();
        originalTimestamps.close();
    }

    /** Returns a number below which there is no arrival; {@code nextSeq} if there are none. */
    long arrivalsFromSeq(long nextSeq) {
        MessageHeader first = arrivals.first();
        if (first != null) {
            return first.seq();
        }
        return arrivals.isComplete() ? nextSeq : arrivals.boundSeq();
    }

    /** Returns a time before which no scheduled message is available; {@link Long#MAX_VALUE} if none is scheduled. */
    long scheduleFromMillis() {
        ScheduledMessage first = schedule.first();
        return first == null ? schedule.boundMillis() : first.availableAtMillis();
    }

    /** Returns a number below which there is no scheduled message; {@code nextSeq} if there are none. */
    long scheduledFromSeq(long nextSeq) {
        ScheduledMessage first = scheduledBySeq.first();
        if (first != null) {
            return first.header().seq();
        }
        return scheduledBySeq.isComplete() ? nextSeq : scheduledBySeq.boundSeq();
    }

    /**
     * Returns a lower bound of the timestamps that come from other queues; {@link Long#MAX_VALUE} if there are none.
     */
    long originalTimestampFromMillis() {
        MessageHeader first = originalTimestamps.first();
        return first == null ? originalTimestamps.boundMillis() : first.timestampMillis();
    }

    /** Returns when the oldest arrival was stored, or a lower bound; {@link Long#MAX_VALUE} if there are none. */
    long oldestArrivalStoredAtMillis() {
        if (arrivals.isComplete() && arrivals.size() == 0) {
            return NONE_MILLIS;
        }
        MessageHeader known = arrivals.size() > 0 ? arrivals.first() : arrivals.edge();
        return known == null ? 0 : known.storedAtMillis();
    }

    /**
     * Returns when the oldest scheduled message was stored, or a lower bound; {@link Long#MAX_VALUE} if there are
     * none.
     */
    long oldestScheduledStoredAtMillis() {
        if (scheduledBySeq.isComplete() && scheduledBySeq.size() == 0) {
            return NONE_MILLIS;
        }
        ScheduledMessage known = scheduledBySeq.size() > 0 ? scheduledBySeq.first() : scheduledBySeq.edge();
        return known == null ? 0 : known.header().storedAtMillis();
    }

    /**
     * Returns the smallest timestamp, or a lower bound while a head is not known; {@link Long#MAX_VALUE} if there are
     * no members. Without dead letters timestamps grow with the number, so the heads and the index of original
     * timestamps suffice.
     */
    long oldestTimestampMillis() {
        long oldest = Math.min(oldestArrivalStoredAtMillis(), oldestScheduledStoredAtMillis());
        return Math.min(oldest, originalTimestampFromMillis());
    }

    ReadRequest requiredRead(ReadRequest.ReadKind kind) {
        Window<?> window = of(kind);
        return new ReadRequest(kind, window.boundMillis(), window.boundSeq(), window.room(), null);
    }

    /** Returns what should be read ahead, or null. */
    @Nullable
    ReadRequest readAhead() {
        for (ReadRequest.ReadKind kind : BY_URGENCY) {
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
            case SCHEDULED_BY_SEQ -> scheduledBySeq;
            case ORIGINAL_TIMESTAMPS -> originalTimestamps;
            case LOOKUP -> throw new IllegalArgumentException("a lookup has no window");
        };
    }

    void begin(ReadRequest read) {
        of(read.kind()).begin(read.fromMillis(), read.fromSeq());
    }

    void supply(ReadRequest read, List<?> rows, boolean last) {
        of(read.kind()).supply(rows, last);
    }
}
