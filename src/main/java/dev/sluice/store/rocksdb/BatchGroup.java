package dev.sluice.store.rocksdb;

import dev.sluice.store.HeadChanges;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.rocksdb.wal.WalSyncMark;
import java.util.ArrayList;
import java.util.List;

/**
 * Combines batches into one serialized RocksDB {@code WriteBatch}: a 12-byte header (sequence, count; little-endian),
 * space reserved for the store's sync mark, the records of all batches in order, then the latest head of every queue
 * that the batches change. For one thread.
 */
final class BatchGroup {
    private static final int RECORDS_OFFSET = WalSyncMark.WRITE_BYTES_MIN;
    private static final int COUNT_OFFSET = 8;

    private final List<BatchRecords> batches = new ArrayList<>();
    private final HeadChanges heads = new HeadChanges();
    private int recordBytes;
    private boolean durable;

    /** Appends a batch of this kind of store behind those added before. */
    void add(StoreBatch batch) {
        BatchRecords records = (BatchRecords) batch.records();
        batches.add(records);
        heads.addAll(batch.heads());
        recordBytes += records.length();
        durable |= batch.durable();
    }

    /** Whether at least one batch requires a sync. */
    boolean durable() {
        return durable;
    }

    /** Approximate size of the result of {@link #serialize}. */
    long bytes() {
        return RECORDS_OFFSET + (long) recordBytes + (long) heads.size() * HeadChanges.BYTES_EACH;
    }

    /**
     * Returns the group in the form that {@code new WriteBatch(byte[])} takes once the sync mark is written into it.
     */
    byte[] serialize() {
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
