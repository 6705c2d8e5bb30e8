package dev.sluice.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers batches and writes them as one serialized RocksDB {@code WriteBatch}: a 12-byte header (sequence, count,
 * little-endian), room for a note of the store, the records of all batches in order, then the last head of every queue among them.
 */
public final class BatchGroup {
    /** Where the store writes its note, which must be a record that is not counted. */
    public static final int NOTE_OFFSET = 12;

    /** How long the note is. */
    public static final int NOTE_BYTES = 18;

    private static final int RECORDS_OFFSET = NOTE_OFFSET + NOTE_BYTES;
    private static final int COUNT_OFFSET = 8;

    private final List<BatchRecords> parts = new ArrayList<>();
    private final HeadChanges heads = new HeadChanges();
    private int recordBytes;
    private boolean durable;

    /** Takes a batch in behind those that are there. */
    public void add(StoreBatch batch) {
        parts.add(batch.records());
        heads.addAll(batch.heads());
        recordBytes += batch.records().length();
        durable |= batch.durable();
    }

    /** Whether any batch asked for a sync. */
    public boolean durable() {
        return durable;
    }

    /** Roughly how many bytes {@link #serialize} will make. */
    public long bytes() {
        return RECORDS_OFFSET + (long) recordBytes + (long) heads.size() * HeadChanges.BYTES_EACH;
    }

    /** The whole group in the form that {@code new WriteBatch(byte[])} takes, once the note is written. */
    public byte[] serialize() {
        BatchRecords headRecords = new BatchRecords(heads.size() * HeadChanges.BYTES_EACH);
        heads.writeTo(headRecords);
        byte[] group = new byte[RECORDS_OFFSET + recordBytes + headRecords.length()];
        int offset = RECORDS_OFFSET;
        int count = headRecords.count();
        for (BatchRecords part : parts) {
            part.copyTo(group, offset);
            offset += part.length();
            count += part.count();
        }
        headRecords.copyTo(group, offset);
        for (int i = 0; i < Integer.BYTES; i++) {
            group[COUNT_OFFSET + i] = (byte) (count >>> (8 * i));
        }
        return group;
    }
}
