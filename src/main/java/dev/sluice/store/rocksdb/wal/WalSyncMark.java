package dev.sluice.store.rocksdb.wal;

import dev.sluice.store.BatchGroup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The sync mark of a write in the log: when the write was made, everything up to a sequence number was synced. With it
 * a gap in the log can be distinguished from the effects of a power loss. The mark is the first record of a write and
 * has a type that RocksDB keeps in the log only (log data).
 *
 * <pre>
 * mark  tag:1 = 3  length:1 = 16  key:8  synced sequence:8        little-endian
 * </pre>
 *
 * @param key random for each opening of the store, so that a message body cannot imitate a write with a mark
 * @param syncedSequence all writes up to this sequence number were synced
 */
public record WalSyncMark(long key, long syncedSequence) {
    /** Minimum size of a write with a mark. */
    public static final int WRITE_BYTES_MIN = BatchGroup.SYNC_MARK_OFFSET + BatchGroup.SYNC_MARK_BYTES;

    private static final byte TAG = 0x03;
    private static final int DATA_BYTES = BatchGroup.SYNC_MARK_BYTES - 2;
    private static final int DATA_OFFSET = WRITE_BYTES_MIN - DATA_BYTES;

    /** Writes the mark into a serialized group. */
    public void writeTo(byte[] group) {
        ByteBuffer to = ByteBuffer.wrap(group).order(ByteOrder.LITTLE_ENDIAN);
        to.put(BatchGroup.SYNC_MARK_OFFSET, TAG).put(BatchGroup.SYNC_MARK_OFFSET + 1, (byte) DATA_BYTES);
        to.putLong(DATA_OFFSET, key).putLong(DATA_OFFSET + Long.BYTES, syncedSequence);
    }

    /**
     * Returns the mark of the write at an offset; null if it has none.
     *
     * @param limit end of the available bytes of the write
     */
    static WalSyncMark read(ByteBuffer from, int offset, int limit) {
        boolean marked = limit - offset >= WRITE_BYTES_MIN
                && from.get(offset + BatchGroup.SYNC_MARK_OFFSET) == TAG
                && from.get(offset + BatchGroup.SYNC_MARK_OFFSET + 1) == DATA_BYTES;
        return marked
                ? new WalSyncMark(from.getLong(offset + DATA_OFFSET), from.getLong(offset + DATA_OFFSET + Long.BYTES))
                : null;
    }
}
