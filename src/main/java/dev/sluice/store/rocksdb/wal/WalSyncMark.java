package dev.sluice.store.rocksdb.wal;

import dev.sluice.store.BatchGroup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a write says in the log about those before it: everything up to a sequence number was synced when it was made. So a gap before
 * it can be told from what a power loss leaves. It stands first in the write, as a record that RocksDB keeps in the log only.
 *
 * <pre>
 * mark  tag:1 = 3  length:1 = 16  key:8  synced sequence:8        little-endian
 * </pre>
 *
 * @param key random for each opening of the store, so that no body can pass for a write with a mark
 * @param syncedSequence all writes up to this one were synced
 */
public record WalSyncMark(long key, long syncedSequence) {
    /** A write with a mark has at least this many bytes. */
    public static final int WRITE_BYTES_MIN = BatchGroup.NOTE_OFFSET + BatchGroup.NOTE_BYTES;

    private static final byte TAG = 0x03;
    private static final int DATA_BYTES = BatchGroup.NOTE_BYTES - 2;
    private static final int DATA_OFFSET = WRITE_BYTES_MIN - DATA_BYTES;

    /** Puts it into a serialized group. */
    public void writeTo(byte[] group) {
        ByteBuffer to = ByteBuffer.wrap(group).order(ByteOrder.LITTLE_ENDIAN);
        to.put(BatchGroup.NOTE_OFFSET, TAG).put(BatchGroup.NOTE_OFFSET + 1, (byte) DATA_BYTES);
        to.putLong(DATA_OFFSET, key).putLong(DATA_OFFSET + Long.BYTES, syncedSequence);
    }

    /**
     * The mark of the write that begins at an offset; null if it has none.
     *
     * @param limit where the bytes of the write that are there end
     */
    static WalSyncMark read(ByteBuffer from, int offset, int limit) {
        boolean marked = limit - offset >= WRITE_BYTES_MIN
                && from.get(offset + BatchGroup.NOTE_OFFSET) == TAG
                && from.get(offset + BatchGroup.NOTE_OFFSET + 1) == DATA_BYTES;
        return marked
                ? new WalSyncMark(from.getLong(offset + DATA_OFFSET), from.getLong(offset + DATA_OFFSET + Long.BYTES))
                : null;
    }
}
