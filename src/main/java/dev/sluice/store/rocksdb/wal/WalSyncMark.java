package dev.sluice.store.rocksdb.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

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
    /** Offset of the mark in a serialized group: after the header of the write batch. */
    public static final int OFFSET = 12;

    /** Size of the mark, tag and length included. */
    public static final int BYTES = 18;

    /** Minimum size of a write with a mark. */
    public static final int WRITE_BYTES_MIN = OFFSET + BYTES;

    private static final byte TAG = 0x03;
    private static final int DATA_BYTES = BYTES - 2;
    private static final int DATA_OFFSET = WRITE_BYTES_MIN - DATA_BYTES;

    /** Writes the mark into a serialized group. */
    public void writeTo(byte[] group) {
        ByteBuffer to = ByteBuffer.wrap(group).order(ByteOrder.LITTLE_ENDIAN);
        to.put(OFFSET, TAG).put(OFFSET + 1, (byte) DATA_BYTES);
        to.putLong(DATA_OFFSET, key).putLong(DATA_OFFSET + Long.BYTES, syncedSequence);
    }

    /**
     * Returns the mark of the write at an offset; null if it has none.
     *
     * @param limit end of the available bytes of the write
     */
    static @Nullable WalSyncMark read(ByteBuffer from, int offset, int limit) {
        boolean marked = limit - offset >= WRITE_BYTES_MIN
                && from.get(offset + OFFSET) == TAG
                && from.get(offset + OFFSET + 1) == DATA_BYTES;
        return marked
                ? new WalSyncMark(from.getLong(offset + DATA_OFFSET), from.getLong(offset + DATA_OFFSET + Long.BYTES))
                : null;
    }
}
