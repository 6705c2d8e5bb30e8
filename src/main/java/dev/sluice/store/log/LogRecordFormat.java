package dev.sluice.store.log;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The bytes of a {@link LogRecord}. The layout of the header never changes; what a new version may change is the meaning
 * of kind and payload:
 *
 * <pre>
 * magic 2 | version 1 | kind 1 | epoch 8 | index 8 | owner 16 | CRC-32C 4 | payload
 * </pre>
 *
 * <p>The checksum covers everything else. A record without the magic was written by another program and is void. One with
 * the magic that cannot be understood is not void: a reader that skipped it would miss what other readers apply, so it
 * stops ({@link UnreadableLogException}).
 */
public final class LogRecordFormat {
    /** The format level that this version reads and writes. */
    public static final byte VERSION = 1;

    private static final short MAGIC = 0x514C;
    private static final int CHECKSUM_AT = 2 + 1 + 1 + Long.BYTES + Long.BYTES + 2 * Long.BYTES;
    private static final int HEADER_BYTES = CHECKSUM_AT + Integer.BYTES;

    private LogRecordFormat() {}

    /** Bytes of a record with a payload of this length. */
    public static int bytes(int payloadBytes) {
        return HEADER_BYTES + payloadBytes;
    }

    /** The bytes of a record. */
    public static byte[] encode(LogRecord record) {
        ByteBuffer bytes = ByteBuffer.allocate(bytes(record.payload().length));
        bytes.putShort(MAGIC).put(VERSION).put(record.kind().number());
        bytes.putLong(record.epoch()).putLong(record.index());
        bytes.putLong(record.owner().getMostSignificantBits())
                .putLong(record.owner().getLeastSignificantBits());
        bytes.position(HEADER_BYTES);
        bytes.put(record.payload());
        return bytes.putInt(CHECKSUM_AT, checksum(bytes.array())).array();
    }

    /**
     * Reads a record.
     *
     * @param bytes the value of the log's record; null as Kafka's tombstones are
     * @param offset where it stands, for the message of the exception
     * @return empty if another program wrote it
     * @throws UnreadableLogException if a Sluice node wrote it and this version cannot read it, or it is damaged
     */
    public static Optional<LogRecord> decode(byte[] bytes, long offset) {
        if (bytes == null
                || bytes.length < Short.BYTES
                || ByteBuffer.wrap(bytes).getShort() != MAGIC) {
            return Optional.empty();
        }
        if (bytes.length < HEADER_BYTES) {
            throw new UnreadableLogException(offset, "it has " + bytes.length + " bytes, fewer than a header");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (header.getInt(CHECKSUM_AT) != checksum(bytes)) {
            throw new UnreadableLogException(offset, "its checksum is wrong");
        }
        byte version = bytes[Short.BYTES];
        LogRecord.Kind kind = LogRecord.Kind.of(bytes[Short.BYTES + 1]);
        if (version != VERSION || kind == null) {
            throw new UnreadableLogException(
                    offset,
                    "it has version " + version + " and kind " + bytes[Short.BYTES + 1] + "; this node reads version "
                            + VERSION + ": upgrade it");
        }
        header.position(Integer.BYTES);
        long epoch = header.getLong();
        long index = header.getLong();
        UUID owner = new UUID(header.getLong(), header.getLong());
        if (epoch < 1 || index < 0) {
            throw new UnreadableLogException(offset, "it has epoch " + epoch + " and index " + index);
        }
        byte[] payload = new byte[bytes.length - HEADER_BYTES];
        System.arraycopy(bytes, HEADER_BYTES, payload, 0, payload.length);
        return Optional.of(new LogRecord(kind, epoch, index, owner, payload));
    }

    /** The checksum in the header of an encoded record. */
    public static int checksumOf(byte[] encoded) {
        return ByteBuffer.wrap(encoded).getInt(CHECKSUM_AT);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKSUM_AT);
        crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
