package dev.sluice.store.rocksdb.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Scans a log from its start to the first record that is not intact, which is where RocksDB ends the log too, and then
 * inspects the data after it.
 *
 * <pre>
 * intact writes │ a torn write, remains of an earlier log, zeros, end of file: the regular end of the log
 *               │ a write whose mark says that more than the intact writes was synced: data is missing
 * </pre>
 */
public final class WalScanner {
    private final Path log;
    private final WalBlock block;
    /** The first bytes of the current write, whose parts may be in several blocks. */
    private final ByteBuffer writeStart =
            ByteBuffer.allocate(WalSyncMark.WRITE_BYTES_MIN).order(ByteOrder.LITTLE_ENDIAN);

    private boolean insideWrite;
    private long writes;
    private long firstSequence;
    private long nextSequence;
    private long syncedSequence;
    /** The key of the last mark; null if there was none. */
    private @Nullable Long key;

    private long end;
    private boolean recycled;
    private boolean damaged;

    private WalScanner(Path log, FileChannel channel, long nextSequence) {
        this.log = log;
        this.block = new WalBlock(channel, numberOf(log));
        this.nextSequence = nextSequence;
    }

    /**
     * Scans a log.
     *
     * @param nextSequence the sequence number after the last write of the previous logs
     */
    public static WalScanner scan(Path log, long nextSequence) throws IOException {
        try (FileChannel channel = FileChannel.open(log)) {
            WalScanner scanner = new WalScanner(log, channel, nextSequence);
            scanner.scan();
            return scanner;
        }
    }

    /** The log number in a file name. */
    public static long numberOf(Path log) {
        String name = log.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    Path log() {
        return log;
    }

    /** Whether the log is to be skipped: it has no write, or its file already belongs to a later log. */
    boolean isEmpty() {
        return writes == 0 || recycled;
    }

    /** Whether synced data is missing. */
    boolean isDamaged() {
        return damaged;
    }

    /** The end of the intact writes, in bytes. */
    public long end() {
        return end;
    }

    /** The sequence number of the first write. */
    long firstSequence() {
        return firstSequence;
    }

    /** The sequence number after the last intact write. */
    long nextSequence() {
        return nextSequence;
    }

    /** All writes up to this sequence number were synced, according to the marks of the intact writes. */
    long syncedSequence() {
        return syncedSequence;
    }

    private void scan() throws IOException {
        long blockOffset = 0;
        while (block.read(blockOffset)) {
            int offset = readIntactRecords();
            end = blockOffset + offset;
            if (!block.isPadding(offset)) {
                recycled = end == 0 && block.isOfLaterLog(0);
                damaged = !recycled && (block.isDamaged(offset) || isFollowedByLaterSync(blockOffset, offset + 1));
                return;
            }
            blockOffset += WalBlock.BYTES;
        }
    }

    /** Reads the intact records of the block. Returns the offset of the first one that is not intact. */
    private int readIntactRecords() {
        int offset = 0;
        while (!block.isPadding(offset) && block.isIntact(offset) && block.beginsWrite(offset) != insideWrite) {
            readRecord(offset);
            offset = block.endOf(offset);
        }
        return offset;
    }

    private void readRecord(int offset) {
        if (block.beginsWrite(offset)) {
            writeStart.clear();
        }
        int data = block.dataOffset(offset);
        int bytes = Math.min(writeStart.remaining(), block.endOf(offset) - data);
        writeStart.put(block.bytes().array(), data, bytes);
        insideWrite = !block.endsWrite(offset);
        if (!insideWrite) {
            endWrite();
        }
    }

    private void endWrite() {
        int bytes = writeStart.position();
        if (bytes < Long.BYTES + Integer.BYTES) {
            return;
        }
        long sequence = writeStart.getLong(0);
        if (writes++ == 0) {
            firstSequence = sequence;
        }
        nextSequence = sequence + Integer.toUnsignedLong(writeStart.getInt(Long.BYTES));
        WalSyncMark mark = WalSyncMark.read(writeStart, 0, bytes);
        if (mark != null) {
            key = mark.key();
            syncedSequence = Math.max(syncedSequence, mark.syncedSequence());
        }
    }

    private boolean isFollowedByLaterSync(long firstBlockOffset, int from) throws IOException {
        int offset = from;
        for (long blockOffset = firstBlockOffset; block.read(blockOffset); blockOffset += WalBlock.BYTES) {
            for (; offset < block.bytes().limit(); offset++) {
                boolean candidate = block.mayBeginWrite(offset) && (key == null || block.hasNumber(offset));
                if (candidate && block.isIntact(offset) && provesLaterSync(offset)) {
                    return true;
                }
            }
            offset = 0;
        }
        return false;
    }

    /**
     * Whether the write at that offset says that something was synced that is not among the intact writes. Once the key
     * is known, only marks with that key count: message bodies are in the log as clients sent them and could imitate a
     * write.
     */
    private boolean provesLaterSync(int offset) {
        int data = block.dataOffset(offset);
        int dataEnd = block.endOf(offset);
        if (dataEnd - data < Long.BYTES + Integer.BYTES) {
            return false;
        }
        WalSyncMark mark = WalSyncMark.read(block.bytes(), data, dataEnd);
        if (key != null) {
            return mark != null && mark.key() == key && mark.syncedSequence() >= nextSequence;
        }
        return mark != null
                ? mark.syncedSequence() >= nextSequence
                : block.bytes().getLong(data) > nextSequence;
    }
}
