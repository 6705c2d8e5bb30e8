package dev.sluice.store.rocksdb;

import dev.sluice.store.HeadChanges;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.rocksdb.wal.WalSyncMark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Combines batches into one serialized RocksDB {@code WriteBatch}: a 12-byte header (sequence, count; little-endian),
 * space reserved for the store's sync mark, the records of all batches in order, then the latest head of every queue
 * that the batches change. A group in a log that several nodes share has neither header nor space for the mark. For one
 * thread.
 */
public final class BatchGroup {
    private static final int RECORDS_OFFSET = WalSyncMark.WRITE_BYTES_MIN;
    private static final int COUNT_OFFSET = 8;

    private final List<BatchRecords> batches = new ArrayList<>();
    private final HeadChanges heads = new HeadChanges();
    private int recordBytes;
    private boolean durable;

    /** Appends a batch of this kind of store behind those added before. */
    public void add(StoreBatch batch) {
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
    public long bytes() {
        return RECORDS_OFFSET + (long) recordBytes + (long) heads.size() * HeadChanges.BYTES_EACH;
    }

    /**
     * Returns the group in the form that {@code new WriteBatch(byte[])} takes once the sync mark is written into it.
     */
    byte[] serialize() {
        BatchRecords headRecords = headRecords();
        byte[] group = new byte[RECORDS_OFFSET + recordBytes + headRecords.length()];
        putCount(group, copyTo(group, RECORDS_OFFSET, headRecords));
        return group;
    }

    /** Returns the group in the form that {@link #fromLog} takes: the number of records, big-endian, and the records. */
    public byte[] toLog() {
        BatchRecords headRecords = headRecords();
        byte[] payload = new byte[Integer.BYTES + recordBytes + headRecords.length()];
        int count = copyTo(payload, Integer.BYTES, headRecords);
        ByteBuffer.wrap(payload).putInt(count);
        return payload;
    }

    /** Returns records in the form that {@link #fromLog} takes. */
    static byte[] toLog(BatchRecords records) {
        int count = records.count();
        byte[] payload = new byte[Integer.BYTES + records.length()];
        records.copyTo(payload, Integer.BYTES);
        ByteBuffer.wrap(payload).putInt(count);
        return payload;
    }

    /**
     * Returns a group from a log and further records in the form of {@link #serialize}.
     *
     * @param payload the result of {@link #toLog}
     * @throws StoreCorruptException if it is too short to be one
     */
    static byte[] fromLog(byte[] payload, BatchRecords more) {
        if (payload.length < Integer.BYTES) {
            throw new StoreCorruptException("a group of a log has only " + payload.length + " bytes");
        }
        int payloadBytes = payload.length - Integer.BYTES;
        byte[] group = new byte[RECORDS_OFFSET + payloadBytes + more.length()];
        System.arraycopy(payload, Integer.BYTES, group, RECORDS_OFFSET, payloadBytes);
        more.copyTo(group, RECORDS_OFFSET + payloadBytes);
        putCount(group, ByteBuffer.wrap(payload).getInt() + more.count());
        return group;
    }

    private BatchRecords headRecords() {
        BatchRecords records = new BatchRecords(heads.size() * HeadChanges.BYTES_EACH);
        heads.writeTo(records);
        return records;
    }

    /** Copies all records; returns their number. */
    private int copyTo(byte[] target, int from, BatchRecords headRecords) {
        int offset = from;
        int count = headRecords.count();
        for (BatchRecords records : batches) {
            records.copyTo(target, offset);
            offset += records.length();
            count += records.count();
        }
        headRecords.copyTo(target, offset);
        return count;
    }

    private static void putCount(byte[] group, int count) {
        for (int i = 0; i < Integer.BYTES; i++) {
            group[COUNT_OFFSET + i] = (byte) (count >>> (8 * i));
        }
    }
}
