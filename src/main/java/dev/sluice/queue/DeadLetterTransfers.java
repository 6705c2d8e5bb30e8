package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are moved to the dead letter queue and that this queue still counts: those still stored here (<i>in
 * transfer</i>), and after a start those that the dead letter queue already has and of which only a marker is left
 * here (<i>moved</i>).
 */
final class DeadLetterTransfers {
    private final TreeMap<Long, QueueEvent.DeadLettering> inTransfer = new TreeMap<>();
    private final TreeMap<Long, MessageHeader> moved = new TreeMap<>();
    /** Markers of messages that a purge had already subtracted from the counts. They only have to be deleted. */
    private final TreeMap<Long, MessageHeader> leftovers = new TreeMap<>();

    private final TreeSet<MessageHeader> byTimestamp = new TreeSet<>(
            Comparator.comparingLong(MessageHeader::timestampMillis).thenComparingLong(MessageHeader::seq));

    /** Loads the markers found at start. */
    DeadLetterTransfers(List<MessageHeader> markers, long purgedBelowSeq) {
        for (MessageHeader marker : markers) {
            if (marker.seq() < purgedBelowSeq) {
                leftovers.put(marker.seq(), marker);
            } else {
                moved.put(marker.seq(), marker);
                byTimestamp.add(marker);
            }
        }
    }

    /** Messages that the queue still counts. */
    int size() {
        return inTransfer.size() + moved.size();
    }

    void begin(QueueEvent.DeadLettering event) {
        MessageHeader header = event.lease().header();
        inTransfer.put(header.seq(), event);
        byTimestamp.add(header);
    }

    /** Returns the message while it is still stored here, or null. */
    @Nullable
    Lease get(long seq) {
        QueueEvent.DeadLettering event = inTransfer.get(seq);
        return event == null ? null : event.lease();
    }

    /** Returns a message that is still stored here, with the reason, or null. */
    QueueEvent.@Nullable DeadLettering letter(long seq) {
        return inTransfer.get(seq);
    }

    /** Returns the message with that number, in transfer or moved, or null. */
    @Nullable
    MessageHeader header(long seq) {
        Lease lease = get(seq);
        return lease == null ? moved.get(seq) : lease.header();
    }

    /** Ends a transfer. Returns its message if it was counted, otherwise null. */
    @Nullable
    MessageHeader remove(long seq) {
        leftovers.remove(seq);
        MessageHeader header = header(seq);
        if (header != null) {
            inTransfer.remove(seq);
            moved.remove(seq);
            byTimestamp.remove(header);
        }
        return header;
    }

    /** Returns messages still stored here, from that number on. */
    List<QueueEvent.DeadLettering> inTransfer(long fromSeq, int limit) {
        List<QueueEvent.DeadLettering> some = new ArrayList<>();
        for (QueueEvent.DeadLettering event : inTransfer.tailMap(fromSeq).values()) {
            if (some.size() == limit) {
                break;
            }
            some.add(event);
        }
        return some;
    }

    /** Numbers of messages whose markers have to be deleted. */
    List<Long> unconfirmed() {
        List<Long> seqs = new ArrayList<>(leftovers.keySet());
        seqs.addAll(moved.keySet());
        return seqs;
    }

    /** Smallest timestamp; {@link Long#MAX_VALUE} if there is none. */
    long oldestTimestampMillis() {
        return byTimestamp.isEmpty() ? Long.MAX_VALUE : byTimestamp.first().timestampMillis();
    }

    void clear() {
        inTransfer.clear();
        moved.clear();
        byTimestamp.clear();
    }
}
