package dev.sluice.store.rocksdb;

import dev.sluice.store.ColumnFamily;
import dev.sluice.store.KeyFormat;
import java.util.Arrays;

/**
 * Collects the deletes of one queue in one key space, so that adjacent keys are deleted as one range.
 *
 * <p>A consumer acknowledges what it received, which is mostly a run of adjacent messages. One range delete for a
 * hundred of them is one record to write instead of a hundred, and one tombstone instead of a hundred in all levels of
 * the store. A range delete makes reads slower, so short runs are deleted key by key.
 */
final class RangeDeleteBuilder {
    /** From this run length on, a range delete is cheaper. A memtable takes at most a thousand of them. */
    static final int RUN_MIN = 32;

    private static final long[] EMPTY = {};

    private final ColumnFamily family;
    private byte space;
    private long queueNumber;
    private long[] seqs = EMPTY;
    private int size;

    RangeDeleteBuilder(ColumnFamily family) {
        this.family = family;
    }

    /**
     * Adds a key that will never be put again.
     *
     * @return false if the builder holds keys of another queue or key space; the key is not added then
     */
    boolean add(byte keySpace, long keyQueueNumber, long seq) {
        if (size > 0 && (queueNumber != keyQueueNumber || space != keySpace)) {
            return false;
        }
        space = keySpace;
        queueNumber = keyQueueNumber;
        if (size == seqs.length) {
            seqs = Arrays.copyOf(seqs, Math.max(RUN_MIN, 2 * size));
        }
        seqs[size++] = seq;
        return true;
    }

    /** Writes the collected deletes in order of their keys and clears the builder. */
    void moveTo(BatchRecords records) {
        if (size == 0) {
            return;
        }
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
