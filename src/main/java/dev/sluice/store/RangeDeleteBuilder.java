package dev.sluice.store;

import java.util.Arrays;

/**
 * The records of one space and one queue that a batch deletes for good, gathered so that neighbours go as one range.
 *
 * <p>A consumer acknowledges what it was given, and that is mostly a run of neighbours. One range for a hundred of them is one
 * record to write instead of a hundred, and one tombstone instead of a hundred that the store carries down all its levels. A
 * range has its own price for whoever reads, so short runs are deleted one by one.
 */
final class RangeDeleteBuilder {
    /** From so many neighbours on a range is the cheaper way; a memtable takes a thousand ranges. */
    static final int RUN_MIN = 32;

    private static final long[] NONE = {};

    private final ColumnFamily family;
    private final byte space;
    private long queueNumber;
    private long[] seqs = NONE;
    private int size;

    RangeDeleteBuilder(ColumnFamily family, byte space) {
        this.family = family;
        this.space = space;
    }

    /**
     * Takes in a key that is never put again.
     *
     * @return false if it is of another queue than those that are here
     */
    boolean add(long ofQueueNumber, long seq) {
        if (size > 0 && queueNumber != ofQueueNumber) {
            return false;
        }
        queueNumber = ofQueueNumber;
        if (size == seqs.length) {
            seqs = Arrays.copyOf(seqs, Math.max(RUN_MIN, 2 * size));
        }
        seqs[size++] = seq;
        return true;
    }

    /** Writes all of them in order, and forgets them. */
    void moveTo(BatchRecords records) {
        Arrays.sort(seqs, 0, size);
        for (int from = 0; from < size; ) {
            int to = from + 1;
            while (to < size && seqs[to] == seqs[to - 1] + 1) {
                to++;
            }
            write(records, from, to);
            from = to;
        }
        size = 0;
    }

    private void write(BatchRecords records, int from, int to) {
        if (to - from >= RUN_MIN) {
            records.deleteRange(
                    family,
                    KeyFormat.seqKey(space, queueNumber, seqs[from]),
                    KeyFormat.seqKey(space, queueNumber, seqs[to - 1] + 1));
            return;
        }
        for (int i = from; i < to; i++) {
            records.deleteSeqKey(family, space, queueNumber, seqs[i]);
        }
    }
}
