package dev.sluice.store.rocksdb.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Walks a log from its begin to the first record that is not intact, which is where RocksDB ends it too, and looks at what stands
 * behind.
 *
 * <pre>
 * intact writes │ a write that was cut, remains of an earlier log, zeros, nothing: that is the end
 *               │ a write that says that more than the intact ones was synced:     something is missing
 * </pre>
 */
public final class WalScanner {
    private final Path log;
    private final WalBlock block;
    /** The first bytes of the write that is being walked, whose parts may be in several blocks. */
    private final ByteBuffer begin =
            ByteBuffer.allocate(WalSyncMark.WRITE_BYTES_MIN).order(ByteOrder.LITTLE_ENDIAN);

    private boolean insideWrite;
    private long writes;
    private long firstSequence;
    private long nextSequence;
    private long syncedSequence;
    /** The key of the last mark; null if there was none. */
    private Long key;

    private long end;
    private boolean reused;
    private boolean damaged;

    private WalScanner(Path log, FileChannel channel, long nextSequence) {
        this.log = log;
        this.block = new WalBlock(channel, numberOf(log));
        this.nextSequence = nextSequence;
    }

    /**
     * Walks a log.
     *
     * @param nextSequence what the logs before it end with
     */
    public static WalScanner through(Path log, long nextSequence) throws IOException {
        try (FileChannel channel = FileChannel.open(log)) {
            WalScanner walk = new WalScanner(log, channel, nextSequence);
            walk.walk();
            return walk;
        }
    }

    /** The number in the name of a log. */
    public static long numberOf(Path log) {
        String name = log.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    Path log() {
        return log;
    }

    /** Whether it has nothing to say: no write, or the file is a later log already. */
    boolean isEmpty() {
        return writes == 0 || reused;
    }

    /** Whether something that was synced is not there any more. */
    boolean isDamaged() {
        return damaged;
    }

    /** Where the intact writes end, in bytes. */
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

    /** Up to which sequence number everything was synced, as far as the intact writes know. */
    long syncedSequence() {
        return syncedSequence;
    }

    private void walk() throws IOException {
        long blockOffset = 0;
        while (block.read(blockOffset)) {
            int offset = takeIntact();
            end = blockOffset + offset;
            if (!block.isPadding(offset)) {
                reused = end == 0 && block.isOfLaterLog(0);
                damaged = !reused && (block.isDamaged(offset) || isFollowedByLaterSync(blockOffset, offset + 1));
                return;
            }
            blockOffset += WalBlock.BYTES;
        }
    }

    /** Takes the records of the block; answers where the first one stands that cannot be taken. */
    private int takeIntact() {
        int offset = 0;
        while (!block.isPadding(offset) && block.isIntact(offset) && block.beginsWrite(offset) != insideWrite) {
            take(offset);
            offset = block.endOf(offset);
        }
        return offset;
    }

    private void take(int offset) {
        if (block.beginsWrite(offset)) {
            begin.clear();
        }
        int data = block.dataOffset(offset);
        int bytes = Math.min(begin.remaining(), block.endOf(offset) - data);
        begin.put(block.bytes().array(), data, bytes);
        insideWrite = !block.endsWrite(offset);
        if (!insideWrite) {
            takeWrite();
        }
    }

    private void takeWrite() {
        int bytes = begin.position();
        if (bytes < Long.BYTES + Integer.BYTES) {
            return;
        }
        long sequence = begin.getLong(0);
        if (writes++ == 0) {
            firstSequence = sequence;
        }
        nextSequence = sequence + Integer.toUnsignedLong(begin.getInt(Long.BYTES));
        WalSyncMark mark = WalSyncMark.read(begin, 0, bytes);
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
     * Whether the write there says that something was synced which is not among the intact ones. Once the key is known nothing else
     * counts: a body is in the log as its client made it, and could pass for a write.
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
