package dev.sluice.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Combines batches into one serialized RocksDB {@code WriteBatch}: a 12-byte header (sequence, count; little-endian),
 * space reserved for the store's sync mark, the records of all batches in order, then the latest head of every queue
 * that the batches change. For one thread.
 */
public final class BatchGroup {
    /** Offset of the space reserved for the sync mark. The mark must be a record that RocksDB does not count. */
    public static final int SYNC_MARK_OFFSET = 12;

    /** Size of the sync mark. */
    public static final int SYNC_MARK_BYTES = 18;

    private static final int RECORDS_OFFSET = SYNC_MARK_OFFSET + SYNC_MARK_BYTES;
    private static final int COUNT_OFFSET = 8;

    private final List<BatchRecords> batches = new ArrayList<>();
    private final HeadChanges heads = new HeadChanges();
    private int recordBytes;
    private boolean durable;

    /** Appends a batch behind those added before. */
    public void add(StoreBatch batch) {
        batches.add(batch.records());
        heads.addAll(batch.heads());
        recordBytes += batch.records().length();
        durable |= batch.durable();
    }

    /** Whether at least one batch requires a sync. */
    public boolean durable() {
        return durable;
    }

    /** Approximate size of the result of {@link #serialize}. */
    public long bytes() {
        return RECORDS_OFFSET + (long) recordBytes + (long) heads.size() * HeadChanges.BYTES_EACH;
    }

    /**
     * Returns the group in the form that {@code new WriteBatch(byte[])} takes once the sync mark is written into it.
     */
    public byte[] serialize() {
        BatchRecords headRecords = new BatchRecords(heads.size() * HeadChanges.BYTES_EACH);
        heads.writeTo(headRecords);
        byte[] group = new byte[RECORDS_OFFSET + recordBytes + headRecords.length()];
        int offset = RECORDS_OFFSET;
        int count = headRecords.count();
        for (BatchRecords records : batches) {
            records.copyTo(group, offset);
            offset += records.length();
            count += records.count();
        }
        headRecords.copyTo(group, offset);
        for (int i = 0; i < Integer.BYTES; i++) {
            group[COUNT_OFFSET + i] = (byte) (count >>> (8 * i));
        }
        return group;
    }
}
