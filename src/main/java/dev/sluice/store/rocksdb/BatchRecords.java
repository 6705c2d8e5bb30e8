package dev.sluice.store.rocksdb;

import dev.sluice.store.BatchVisitor;
import dev.sluice.store.ColumnFamily;
import dev.sluice.store.KeyFormat;
import dev.sluice.store.RecordBytes;
import dev.sluice.store.RecordCursor;
import dev.sluice.store.RecordSink;
import dev.sluice.store.StoreCorruptException;

/**
 * Puts and deletes in the record format of RocksDB's {@code WriteBatch}, without its 12-byte header. So many batches
 * become one by concatenation and reach native code in one call. {@link #visit} decodes them.
 *
 * <pre>
 * record  tag:1  [family:varint unless INDEX]  key length:varint  key  [value or end key, likewise]
 * </pre>
 *
 * <p>Almost all keys are put once and deleted once. They are deleted by a <i>single deletion</i>, which disappears
 * together with its put as soon as a flush or compaction sees both. A plain deletion moves down to the last level as a
 * tombstone that every later scan has to skip. The condition of a single deletion is that a key is put at most once
 * between two deletions, so code that overwrites such a key must delete it first. Range deletions are for purges and
 * for runs of adjacent keys ({@link RangeDeleteBuilder}).
 */
public final class BatchRecords implements RecordSink {
    private static final int TAG_DELETION = 0x0;
    private static final int TAG_VALUE = 0x1;
    private static final int TAG_FAMILY_DELETION = 0x4;
    private static final int TAG_FAMILY_VALUE = 0x5;
    private static final int TAG_SINGLE_DELETION = 0x7;
    private static final int TAG_FAMILY_SINGLE_DELETION = 0x8;
    private static final int TAG_FAMILY_RANGE_DELETION = 0xE;
    private static final int TAG_RANGE_DELETION = 0xF;

    /** A run of that many adjacent keys is deleted as a range. */
    public static final int RANGE_DELETE_MIN = RangeDeleteBuilder.RUN_MIN;

    private final RecordBytes bytes;
    private final RangeDeleteBuilder messageDeletes = new RangeDeleteBuilder(ColumnFamily.MESSAGES);
    private final RangeDeleteBuilder indexDeletes = new RangeDeleteBuilder(ColumnFamily.INDEX);
    private int count;

    /** Creates an empty list of records with that initial capacity. */
    public BatchRecords(int capacityBytes) {
        bytes = new RecordBytes(capacityBytes);
    }

    @Override
    public int count() {
        writeDeletes();
        return count;
    }

    @Override
    public int length() {
        writeDeletes();
        return bytes.length();
    }

    /** Copies all records into a group that has room for {@link #length()} bytes. */
    void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes.array(), 0, target, offset, bytes.length());
    }

    @Override
    public RecordBytes putSeqKey(ColumnFamily family, byte space, long queueNumber, long seq, int valueBytes) {
        begin(family, TAG_VALUE, TAG_FAMILY_VALUE);
        seqKey(space, queueNumber, seq);
        return bytes.putVarint(valueBytes);
    }

    @Override
    public RecordBytes putTimeKey(byte space, long queueNumber, long timeMillis, long seq, int valueBytes) {
        begin(ColumnFamily.INDEX, TAG_VALUE, TAG_FAMILY_VALUE);
        timeKey(space, queueNumber, timeMillis, seq);
        return bytes.putVarint(valueBytes);
    }

    @Override
    public void put(ColumnFamily family, byte[] key, byte[] value) {
        begin(family, TAG_VALUE, TAG_FAMILY_VALUE);
        slice(key);
        slice(value);
    }

    @Override
    public void deleteSeqKey(ColumnFamily family, byte space, long queueNumber, long seq) {
        begin(family, TAG_SINGLE_DELETION, TAG_FAMILY_SINGLE_DELETION);
        seqKey(space, queueNumber, seq);
    }

    @Override
    public void deleteTimeKey(byte space, long queueNumber, long timeMillis, long seq) {
        begin(ColumnFamily.INDEX, TAG_SINGLE_DELETION, TAG_FAMILY_SINGLE_DELETION);
        timeKey(space, queueNumber, timeMillis, seq);
    }

    @Override
    public void delete(ColumnFamily family, byte[] key) {
        begin(family, TAG_DELETION, TAG_FAMILY_DELETION);
        slice(key);
    }

    @Override
    public void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey) {
        begin(family, TAG_RANGE_DELETION, TAG_FAMILY_RANGE_DELETION);
        slice(fromKey);
        slice(toKey);
    }

    @Override
    public void visit(BatchVisitor visitor) {
        writeDeletes();
        visit(new RecordCursor(bytes.array(), 0, bytes.length()), visitor);
    }

    /**
     * Decodes the records of a serialized batch and passes them to the visitor, in order. Returns their number.
     *
     * @throws StoreCorruptException if the bytes are not a valid batch
     */
    public static int visit(RecordCursor from, BatchVisitor visitor) {
        int count = 0;
        for (; !from.atEnd(); count++) {
            visitNext(from, visitor);
        }
        return count;
    }

    private static void visitNext(RecordCursor from, BatchVisitor visitor) {
        int tag = from.get8();
        switch (tag) {
            case TAG_VALUE -> visitor.put(ColumnFamily.INDEX, readSlice(from), readSlice(from));
            case TAG_FAMILY_VALUE -> visitor.put(readFamily(from), readSlice(from), readSlice(from));
            case TAG_DELETION, TAG_SINGLE_DELETION -> visitor.delete(ColumnFamily.INDEX, readSlice(from));
            case TAG_FAMILY_DELETION, TAG_FAMILY_SINGLE_DELETION -> visitor.delete(readFamily(from), readSlice(from));
            case TAG_RANGE_DELETION -> visitor.deleteRange(ColumnFamily.INDEX, readSlice(from), readSlice(from));
            case TAG_FAMILY_RANGE_DELETION -> visitor.deleteRange(readFamily(from), readSlice(from), readSlice(from));
            default -> throw new StoreCorruptException("a batch has a record of the unknown kind " + tag);
        }
    }

    private static ColumnFamily readFamily(RecordCursor from) {
        return ColumnFamily.ofId(from.getVarint32());
    }

    private static byte[] readSlice(RecordCursor from) {
        return from.getBytes(from.getVarint32());
    }

    @Override
    public void deleteForGood(ColumnFamily family, byte space, long queueNumber, long seq) {
        RangeDeleteBuilder deletes = family == ColumnFamily.MESSAGES ? messageDeletes : indexDeletes;
        if (!deletes.add(space, queueNumber, seq)) {
            deleteSeqKey(family, space, queueNumber, seq);
        }
    }

    /** Appends the collected deletes; that is correct because none of their keys is put again. */
    private void writeDeletes() {
        messageDeletes.moveTo(this);
        indexDeletes.moveTo(this);
    }

    private void begin(ColumnFamily family, int indexTag, int familyTag) {
        count++;
        if (family == ColumnFamily.INDEX) {
            bytes.put8(indexTag);
        } else {
            bytes.put8(familyTag).putVarint(family.id());
        }
    }

    private void seqKey(byte space, long queueNumber, long seq) {
        bytes.putVarint(KeyFormat.SEQ_KEY_BYTES).put8(space).put64(queueNumber).put64(seq);
    }

    private void timeKey(byte space, long queueNumber, long timeMillis, long seq) {
        bytes.putVarint(KeyFormat.TIME_KEY_BYTES)
                .put8(space)
                .put64(queueNumber)
                .put64(timeMillis)
                .put64(seq);
    }

    private void slice(byte[] slice) {
        bytes.putVarint(slice.length).putBytes(slice);
    }
}
