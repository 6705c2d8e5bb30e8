package dev.sluice.store.rocksdb.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * A block of one of RocksDB's write-ahead logs. The file may have been a log before, with a lower number: what is left of that has its number.
 *
 * <pre>
 * log     blocks of 32 KiB, the last one shorter
 * block   records, none across a border; zeros where no header fits any more
 * record  crc:4 (masked CRC-32C of all that follows)  length:2  type:1  [log number:4]  data        little-endian
 * </pre>
 *
 * <p>Records without a number are of stores whose logs were not used again.
 */
public final class WalBlock {
    public static final int BYTES = 32 * 1024;
    /** Of a record with a number. */
    private static final int HEADER_BYTES = 11;

    private static final int OLD_HEADER_BYTES = 7;
    private static final int CRC_BYTES = 4;
    private static final int TYPE_OFFSET = 6;
    /** Full, first, middle and last part of a write; without a number, four less. */
    private static final int FULL = 5;

    private static final int FIRST = 6;
    private static final int LAST = 8;
    private static final int OLD_TYPES = 4;
    private static final int CRC_MASK_DELTA = 0xA282EAD8;

    private final FileChannel log;
    /** The low 32 bits of its number. */
    private final int number;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);

    WalBlock(FileChannel log, long number) {
        this.log = log;
        this.number = (int) number;
    }

    /** Reads the block at that offset; answers whether there is one. */
    boolean read(long offset) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining() && log.read(bytes, offset + bytes.position()) > 0) {
            // Until the block is full or the file ends.
        }
        bytes.flip();
        return bytes.hasRemaining();
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** Whether what is left of a whole block from there on is padding. */
    boolean isPadding(int offset) {
        return bytes.limit() == BYTES && BYTES - offset < headerBytes(offset);
    }

    /** Whether a record of this log stands there, with the right checksum. */
    boolean isIntact(int offset) {
        return isIntactOfAnyLog(offset) && isOfThisLog(offset);
    }

    /** Whether a record of a later log stands there: the file got another name, which the disk did not keep. */
    boolean isOfLaterLog(int offset) {
        return isIntactOfAnyLog(offset) && hasNumber(offset) && Integer.compareUnsigned(numberAt(offset), number) > 0;
    }

    /** Whether the first part of a write of this log may stand there; cheaper than a checksum. */
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

    /** Where the record ends that stands there. */
    int endOf(int offset) {
        return dataOffset(offset) + lengthAt(offset);
    }

    /** Whether one flipped bit, or another length, is all that is wrong with the record there: damage, not a write that was cut. */
    boolean isDamaged(int offset) {
        // What is left of an earlier log has another number.
        return Integer.bitCount(numberAt(offset) ^ number) <= 1
                && !isIntactOfAnyLog(offset)
                && (isWholeButForLength(offset) || isWholeButForChecksum(offset) || isWholeButForBit(offset));
    }

    private boolean isWholeButForLength(int offset) {
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

    private boolean isWholeButForChecksum(int offset) {
        return fits(offset) && Integer.bitCount(masked(crcOf(offset)) ^ bytes.getInt(offset)) == 1;
    }

    private boolean isWholeButForBit(int offset) {
        int end = offset + HEADER_BYTES + lengthAt(offset);
        return end <= bytes.limit()
                && BitFlip.matches(bytes.array(), offset + TYPE_OFFSET, end, unmasked(bytes.getInt(offset)));
    }

    private boolean isIntactOfAnyLog(int offset) {
        return fits(offset) && masked(crcOf(offset)) == bytes.getInt(offset);
    }

    private boolean fits(int offset) {
        return bytes.limit() - offset >= OLD_HEADER_BYTES && isKnownType(offset) && endOf(offset) <= bytes.limit();
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
        return hasNumber(offset) ? type : type + OLD_TYPES;
    }

    /** Whether the record there has the number of its log. */
    boolean hasNumber(int offset) {
        return bytes.get(offset + TYPE_OFFSET) > OLD_TYPES;
    }

    private int headerBytes(int offset) {
        boolean old = bytes.limit() - offset >= OLD_HEADER_BYTES && !hasNumber(offset) && isKnownType(offset);
        return old ? OLD_HEADER_BYTES : HEADER_BYTES;
    }

    private boolean isOfThisLog(int offset) {
        return !hasNumber(offset) || numberAt(offset) == number;
    }

    /** Without a number, or the room for it, that of no log. */
    private int numberAt(int offset) {
        return bytes.limit() - offset < HEADER_BYTES ? ~number : bytes.getInt(offset + OLD_HEADER_BYTES);
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
