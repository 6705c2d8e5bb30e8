package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDBException;

/**
 * Looks into RocksDB's write-ahead logs where RocksDB itself is too lenient or too terse.
 *
 * <p>A log may end in the middle of a record: that is how a kill leaves it, and RocksDB drops such a tail. But it takes any record of
 * the last block whose length runs over the end of the file for such a tail, also one whose length was damaged; intact records
 * behind it would be lost silently. So before it opens, the last block of every log is walked, and it is a refusal if a
 * broken record is complete but for its length, or if a later write stands behind it. And as RocksDB does not say
 * which log is damaged, this finds out.
 *
 * <pre>
 * log     blocks of 32 KiB, the last one shorter
 * block   records, none across a border; up to 6 zero bytes at the end
 * record  crc:4 (masked CRC-32C of type and data)  length:2  type:1  data        little-endian
 * </pre>
 */
final class LogCheck {
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int HEADER_BYTES = 7;
    /** Full, first, middle and last part of a record. Recycled and compressed logs are not in use. */
    private static final int TYPE_MIN = 1;

    private static final int TYPE_MAX = 4;
    private static final int TYPE_FULL = 1;
    private static final int TYPE_FIRST = 2;
    private static final int CRC_MASK_DELTA = 0xA282EAD8;
    /** A write begins with its sequence number. One this far ahead does not belong to this block. */
    private static final long SEQUENCE_STEP_MAX = 1L << 20;

    private LogCheck() {}

    /** Throws if a log of that database has an intact record behind a broken one that RocksDB would take for the tail. */
    static void refuseHiddenDamage(Path database) {
        for (Path log : logs(database)) {
            try (FileChannel channel = FileChannel.open(log)) {
                long size = channel.size();
                long lastBlock = size == 0 ? 0 : (size - 1) / BLOCK_BYTES * BLOCK_BYTES;
                ByteBuffer block = readBlock(channel, lastBlock);
                int broken = firstBroken(block);
                if (broken >= 0 && (isWholeButForLength(block, broken) || hasLaterWrite(block, broken))) {
                    throw damaged(log, lastBlock + broken, null);
                }
            } catch (IOException failure) {
                throw new StoreException("file " + log + " cannot be read: " + failure, failure);
            }
        }
    }

    /** What a failed open means, with the damaged file named if it is a log. */
    static StoreException explain(Path database, RocksDBException failure) {
        if (RocksFailures.isCorruption(failure) && !failure.getMessage().contains(database.toString())) {
            for (Path log : logs(database)) {
                long broken = firstBroken(log);
                if (broken >= 0) {
                    return damaged(log, broken, failure);
                }
            }
        }
        return RocksFailures.of("open", failure);
    }

    private static StoreCorruptException damaged(Path log, long offset, Throwable cause) {
        return new StoreCorruptException(
                "the store is damaged: log file " + log + " has a broken record at byte " + offset
                        + " that is not a torn end",
                cause);
    }

    private static List<Path> logs(Path database) {
        List<Path> logs = new ArrayList<>();
        if (Files.isDirectory(database)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(database, "*.log")) {
                files.forEach(logs::add);
            } catch (IOException failure) {
                throw new StoreException("directory " + database + " cannot be read: " + failure, failure);
            }
        }
        logs.sort(Comparator.naturalOrder());
        return logs;
    }

    private static long firstBroken(Path log) {
        try (FileChannel channel = FileChannel.open(log)) {
            for (long offset = 0; offset < channel.size(); offset += BLOCK_BYTES) {
                int broken = firstBroken(readBlock(channel, offset));
                if (broken >= 0) {
                    return offset + broken;
                }
            }
            return -1;
        } catch (IOException unreadable) {
            return 0;
        }
    }

    private static ByteBuffer readBlock(FileChannel channel, long offset) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (block.hasRemaining() && channel.read(block, offset + block.position()) > 0) {
            // Until the block is full or the file ends.
        }
        return block.flip();
    }

    /** Where the first record that is not intact begins, or -1. */
    private static int firstBroken(ByteBuffer block) {
        int offset = 0;
        while (block.limit() - offset >= HEADER_BYTES) {
            if (!isRecord(block, offset)) {
                return offset;
            }
            offset += HEADER_BYTES + lengthAt(block, offset);
        }
        return -1;
    }

    /** Whether the checksum of the record fits with another length than it says. */
    private static boolean isWholeButForLength(ByteBuffer block, int broken) {
        CRC32C crc = new CRC32C();
        for (int end = broken + HEADER_BYTES; end <= block.limit(); end++) {
            crc.update(block.get(end - 1));
            if (masked(crc) == block.getInt(broken) && isKnownType(block, broken)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether behind the broken record stands one that continues the sequence of those before it. Without that comparison
     * the body of a torn record, which any client may have made up, could pass for a record.
     */
    private static boolean hasLaterWrite(ByteBuffer block, int broken) {
        long sequence = -1;
        for (int offset = 0; offset < broken; offset += HEADER_BYTES + lengthAt(block, offset)) {
            sequence = Math.max(sequence, sequenceAt(block, offset));
        }
        for (int offset = broken + 1; block.limit() - offset >= HEADER_BYTES; offset++) {
            if (isRecord(block, offset)) {
                long later = sequenceAt(block, offset);
                if (later > sequence && (sequence < 0 || later - sequence < SEQUENCE_STEP_MAX)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The sequence number of the write that begins in this intact record, or -1 if none does. */
    private static long sequenceAt(ByteBuffer block, int offset) {
        int type = block.get(offset + 6);
        boolean begins = type == TYPE_FULL || type == TYPE_FIRST;
        return begins && lengthAt(block, offset) >= Long.BYTES ? block.getLong(offset + HEADER_BYTES) : -1;
    }

    private static boolean isRecord(ByteBuffer block, int offset) {
        int length = lengthAt(block, offset);
        if (!isKnownType(block, offset) || block.limit() - offset - HEADER_BYTES < length) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(block.array(), offset + 6, 1 + length);
        return masked(crc) == block.getInt(offset);
    }

    private static boolean isKnownType(ByteBuffer block, int offset) {
        int type = block.get(offset + 6);
        return type >= TYPE_MIN && type <= TYPE_MAX;
    }

    private static int masked(CRC32C crc) {
        return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK_DELTA;
    }

    private static int lengthAt(ByteBuffer block, int offset) {
        return block.getShort(offset + 4) & 0xFFFF;
    }
}
