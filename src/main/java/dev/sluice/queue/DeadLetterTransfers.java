package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Messages on their way to the dead letter queue, which this queue still counts: those still stored here (<i>departing</i>), and after
 * a start those that the dead letter queue already has and that only left a marker here (<i>moved</i>).
 */
final class DeadLetterTransfers {
    private final TreeMap<Long, Lease> inTransfer = new TreeMap<>();
    private final TreeMap<Long, MessageHeader> moved = new TreeMap<>();
    /** Markers of messages that a purge had already taken from the counts; they only have to be deleted. */
    private final TreeMap<Long, MessageHeader> leftovers = new TreeMap<>();

    private final TreeSet<MessageHeader> byTimestamp = new TreeSet<>(
            Comparator.comparingLong(MessageHeader::timestampMillis).thenComparingLong(MessageHeader::seq));

    /** Takes over the markers found at the start. */
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

    /** Messages that the queue counts. */
    int size() {
        return inTransfer.size() + moved.size();
    }

    void begin(Lease lease) {
        inTransfer.put(lease.header().seq(), lease);
        byTimestamp.add(lease.header());
    }

    /** The message while it is still stored here, or null. */
    Lease get(long seq) {
        return inTransfer.get(seq);
    }

    /** The message of that number, stored here or moved, or null. */
    MessageHeader header(long seq) {
        Lease lease = inTransfer.get(seq);
        return lease == null ? moved.get(seq) : lease.header();
    }

    /** Ends a departure; answers its message if it was counted, otherwise null. */
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

    /** Those still stored here, from a number on, so many at most. */
    List<Lease> inTransfer(long fromSeq, int limit) {
        List<Lease> some = new ArrayList<>();
        for (Lease lease : inTransfer.tailMap(fromSeq).values()) {
            if (some.size() == limit) {
                break;
            }
            some.add(lease);
        }
        return some;
    }

    /** Numbers whose markers await deletion. */
    List<Long> unconfirmed() {
        List<Long> seqs = new ArrayList<>(leftovers.keySet());
        seqs.addAll(moved.keySet());
        return seqs;
    }

    /** Smallest timestamp, {@link Long#MAX_VALUE} if there is none. */
    long oldestTimestampMillis() {
        return byTimestamp.isEmpty() ? Long.MAX_VALUE : byTimestamp.first().timestampMillis();
    }

    void clear() {
        inTransfer.clear();
        moved.clear();
        byTimestamp.clear();
    }
}
