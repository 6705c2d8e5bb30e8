package dev.sluice.store.rocksdb.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * A block of a write-ahead log of RocksDB. Log files are recycled: a file may contain remains of an earlier log,
 * recognizable by its lower log number.
 *
 * <pre>
 * log     blocks of 32 KiB, the last one shorter
 * block   records, none across a border; zeros where no header fits any more
 * record  crc:4 (masked CRC-32C of all that follows)  length:2  type:1  [log number:4]  data        little-endian
 * </pre>
 *
 * <p>Records without a log number come from stores that did not recycle their logs.
 */
public final class WalBlock {
    public static final int BYTES = 32 * 1024;
    /** Header size of a record with a log number. */
    private static final int HEADER_BYTES = 11;

    private static final int LEGACY_HEADER_BYTES = 7;
    private static final int CRC_BYTES = 4;
    private static final int TYPE_OFFSET = 6;
    /**
     * Record types: the full, first or last part of a write (7 is a middle part). Without a log number the type is
     * lower by four.
     */
    private static final int FULL = 5;

    private static final int FIRST = 6;
    private static final int LAST = 8;
    private static final int LEGACY_TYPES = 4;
    private static final int CRC_MASK_DELTA = 0xA282EAD8;

    private final FileChannel log;
    /** The low 32 bits of the log number. */
    private final int number;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);

    WalBlock(FileChannel log, long number) {
        this.log = log;
        this.number = (int) number;
    }

    /** Reads the block at that offset. Returns false at the end of the file. */
    boolean read(long offset) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining() && log.read(bytes, offset + bytes.position()) > 0) {
            // Repeat until the block is full or the file ends.
        }
        bytes.flip();
        return bytes.hasRemaining();
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** Whether the rest of a full block from that offset is padding. */
    boolean isPadding(int offset) {
        return bytes.limit() == BYTES && BYTES - offset < headerBytes(offset);
    }

    /** Whether there is a record of this log at that offset, with a correct checksum. */
    boolean isIntact(int offset) {
        return isIntactOfAnyLog(offset) && isOfThisLog(offset);
    }

    /**
     * Whether there is a record of a later log at that offset: the file was renamed for recycling, but the new name was
     * lost in a power loss.
     */
    boolean isOfLaterLog(int offset) {
        return isIntactOfAnyLog(offset) && hasNumber(offset) && Integer.compareUnsigned(numberAt(offset), number) > 0;
    }

    /** Whether the first part of a write of this log may start at that offset. Cheaper than a checksum. */
    boolean mayBeginWrite(int offset) {
        return fits(offset) && beginsWrite(offset) && isOfThisLog(offset);
    }

    boolean beginsWrite(int offset) {
        return partAt(offset) == FULL || partAt(offset) == FIRST;
    }

    boolean endsWrite(int offset) {
        return partAt(offset) == FULL || partAt(offset) == LAST;
    }

    int dataOffset(int offset) {
        return offset + headerBytes(offset);
    }

    /** The end of the record at that offset. */
    int endOf(int offset) {
        return dataOffset(offset) + lengthAt(offset);
    }

    /**
     * Whether the record at that offset is correct except for one flipped bit or a wrong length: this is damage, not a
     * torn write.
     */
    boolean isDamaged(int offset) {
        // Remains of an earlier log have another number.
        return Integer.bitCount(numberAt(offset) ^ number) <= 1
                && !isIntactOfAnyLog(offset)
                && (isIntactExceptLength(offset) || isIntactExceptChecksum(offset) || isIntactExceptOneBit(offset));
    }

    private boolean isIntactExceptLength(int offset) {
        if (!isKnownType(offset)) {
            return false;
        }
        int expected = unmasked(bytes.getInt(offset));
        crc.reset();
        for (int end = offset + TYPE_OFFSET; end < bytes.limit(); end++) {
            crc.update(bytes.get(end));
            if ((int) crc.getValue() == expected) {
                return true;
            }
        }
        return false;
    }

    private boolean isIntactExceptChecksum(int offset) {
        return fits(offset) && Integer.bitCount(masked(crcOf(offset)) ^ bytes.getInt(offset)) == 1;
    }

    private boolean isIntactExceptOneBit(int offset) {
        int end = offset + HEADER_BYTES + lengthAt(offset);
        return end <= bytes.limit()
                && BitFlip.matches(bytes.array(), offset + TYPE_OFFSET, end, unmasked(bytes.getInt(offset)));
    }

    private boolean isIntactOfAnyLog(int offset) {
        return fits(offset) && masked(crcOf(offset)) == bytes.getInt(offset);
    }

    private boolean fits(int offset) {
        return bytes.limit() - offset >= LEGACY_HEADER_BYTES && isKnownType(offset) && endOf(offset) <= bytes.limit();
    }

    private int crcOf(int offset) {
        crc.reset();
        crc.update(bytes.array(), offset + TYPE_OFFSET, endOf(offset) - offset - TYPE_OFFSET);
        return (int) crc.getValue();
    }

    private boolean isKnownType(int offset) {
        int type = bytes.get(offset + TYPE_OFFSET);
        return type > 0 && type <= LAST;
    }

    private int partAt(int offset) {
        int type = bytes.get(offset + TYPE_OFFSET);
        return hasNumber(offset) ? type : type + LEGACY_TYPES;
    }

    /** Whether the record at that offset has a log number. */
    boolean hasNumber(int offset) {
        return bytes.get(offset + TYPE_OFFSET) > LEGACY_TYPES;
    }

    private int headerBytes(int offset) {
        boolean legacy = bytes.limit() - offset >= LEGACY_HEADER_BYTES && !hasNumber(offset) && isKnownType(offset);
        return legacy ? LEGACY_HEADER_BYTES : HEADER_BYTES;
    }

    private boolean isOfThisLog(int offset) {
        return !hasNumber(offset) || numberAt(offset) == number;
    }

    /** The log number of a record; a number of no log if the record has none or is too short. */
    private int numberAt(int offset) {
        return bytes.limit() - offset < HEADER_BYTES ? ~number : bytes.getInt(offset + LEGACY_HEADER_BYTES);
    }

    private int lengthAt(int offset) {
        return bytes.getShort(offset + CRC_BYTES) & 0xFFFF;
    }

    private static int masked(int crc) {
        return Integer.rotateRight(crc, 15) + CRC_MASK_DELTA;
    }

    private static int unmasked(int masked) {
        return Integer.rotateLeft(masked - CRC_MASK_DELTA, 15);
    }
}
