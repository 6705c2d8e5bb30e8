package dev.sluice.store.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * How far a copy has followed a shard log. The copy keeps it with the changes of the record in one write, so it always
 * says what the copy holds.
 *
 * @param offset the last valid record that the copy holds; -1 before the first
 * @param checksum the checksum of that record, to recognize the log; 0 before the first
 * @param ownership who owns the shard after that record
 * @param historyId the history of the log; {@link #NO_HISTORY} before the first claim
 * @param contentHash of all valid records up to this one; copies that differ in it do not hold the same
 * @param bytes of all valid records up to this one
 */
public record LogPosition(
        long offset, int checksum, LogOwnership ownership, UUID historyId, long contentHash, long bytes) {
    /** The history of a log without a claim. */
    public static final UUID NO_HISTORY = new UUID(0, 0);

    /** Before the first record. */
    public static final LogPosition START = new LogPosition(-1, 0, LogOwnership.INITIAL, NO_HISTORY, 0, 0);

    private static final int BYTES = 9 * Long.BYTES + Integer.BYTES;

    /** The position after the next valid record. */
    public LogPosition after(byte[] encoded, long recordOffset, LogOwnership next, UUID history) {
        int recordChecksum = LogRecordFormat.checksumOf(encoded);
        long hash = (contentHash ^ recordChecksum) * 0x9E3779B97F4A7C15L;
        return new LogPosition(recordOffset, recordChecksum, next, history, hash ^ hash >>> 29, bytes + encoded.length);
    }

    /** The stored form. */
    public byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(offset).putInt(checksum).putLong(ownership.epoch()).putLong(ownership.nextIndex());
        LogClaim.putUuid(bytes, ownership.owner());
        LogClaim.putUuid(bytes, historyId);
        return bytes.putLong(contentHash).putLong(this.bytes).array();
    }

    /** Reads the stored form. Throws an {@link IllegalArgumentException} if it is not one. */
    public static LogPosition decode(byte[] stored) {
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        try {
            long offset = bytes.getLong();
            int checksum = bytes.getInt();
            long epoch = bytes.getLong();
            long nextIndex = bytes.getLong();
            LogOwnership ownership = new LogOwnership(epoch, LogClaim.getUuid(bytes), nextIndex);
            UUID historyId = LogClaim.getUuid(bytes);
            return new LogPosition(offset, checksum, ownership, historyId, bytes.getLong(), bytes.getLong());
        } catch (BufferUnderflowException tooShort) {
            throw new IllegalArgumentException("a position has only " + stored.length + " bytes", tooShort);
        }
    }
}
