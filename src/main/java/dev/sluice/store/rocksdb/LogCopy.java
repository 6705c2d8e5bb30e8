package dev.sluice.store.rocksdb;

import dev.sluice.store.ColumnFamily;
import dev.sluice.store.KeyFormat;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A local copy of what a shard log says: a database that applies the groups of the log one after the other, each
 * together with its position in one write. Writes are not synced: after a power loss the copy has a prefix, and the rest
 * is read from the log again. A copy can be deleted at any time; the log has everything.
 *
 * <p>{@link #apply} belongs to one thread. Reads run on two threads of the copy's own and see everything that was
 * applied before they began.
 */
public final class LogCopy implements AutoCloseable {
    private static final long WRITE_BUFFER_BYTES = 32L * 1024 * 1024;
    private static final int POSITION_BYTES_MAX = 96;
    private static final byte[] NO_RECORDS = new byte[Integer.BYTES];

    private final DataDirectory directory;
    private final ReopenableDatabase database;
    private final ReadPool readPool = new ReadPool();
    private LogPosition position = LogPosition.START;
    private boolean failed;

    private LogCopy(DataDirectory directory, ReopenableDatabase database) {
        this.directory = directory;
        this.database = database;
    }

    /**
     * Opens the copy in a directory; creates both if they do not exist. Blocks.
     *
     * @param identity the log that the copy follows
     * @throws StoreCorruptException if the copy is damaged: it can be deleted, see {@link #delete}
     * @throws StoreException with one line for the operator, if the directory cannot be used or follows another log
     */
    public static LogCopy open(Path directory, LogIdentity identity) {
        DataDirectory opened = DataDirectory.open(directory, RocksDatabase.FORMAT);
        try {
            LogCopy copy = new LogCopy(opened, new ReopenableDatabase(opened, WRITE_BUFFER_BYTES));
            try {
                copy.bind(identity);
                return copy;
            } catch (RuntimeException | Error failure) {
                copy.readPool.close();
                copy.database.close();
                throw failure;
            }
        } catch (RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    /** Deletes a copy that is not open. Blocks. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new StoreException("the copy in " + directory + " cannot be deleted: " + failure, failure);
        }
    }

    /** Whether a database of this directory is a copy of a log, not a store of its own. */
    static boolean isCopy(RocksDatabase database) {
        return value(database, KeyFormat.logIdentityKey()) != null;
    }

    /** How far the copy has followed the log. */
    public LogPosition position() {
        return position;
    }

    /**
     * Applies a group and moves the position. Blocks.
     *
     * @param payload a group as {@link BatchGroup#toLog} made it
     * @throws StoreException if it cannot be written; then nothing can be until {@link #reopen}
     */
    public void apply(byte[] payload, LogPosition next) {
        BatchRecords record = new BatchRecords(POSITION_BYTES_MAX);
        record.put(ColumnFamily.INDEX, KeyFormat.logPositionKey(), next.encode());
        byte[] group = BatchGroup.fromLog(payload, record);
        failed = true;
        write(group, false);
        failed = false;
        position = next;
    }

    /** Moves the position past a record that changes nothing. Blocks. */
    public void skip(LogPosition next) {
        apply(NO_RECORDS, next);
    }

    /** Reads on a consistent snapshot, on a thread of the copy. */
    public <T> CompletionStage<T> read(Function<StoreSnapshot, T> read) {
        return readPool.read(() -> database.with(open -> {
            try (RocksSnapshot snapshot = open.snapshot()) {
                return read.apply(snapshot);
            }
        }));
    }

    /** Whether the last write failed. */
    public boolean hasFailed() {
        return failed;
    }

    /** Opens the database again after a failed write. The position may be an earlier one than before. Blocks. */
    public void reopen() {
        database.reopen();
        position = storedPosition();
        failed = false;
    }

    /** Usable bytes of the file system. */
    public long freeBytes() {
        return directory.freeBytes();
    }

    @Override
    public void close() {
        readPool.close();
        try {
            database.close();
            directory.protectDatabase();
        } finally {
            directory.close();
        }
    }

    private void bind(LogIdentity identity) {
        byte[] wanted = encode(identity);
        byte[] stored = database.with(open -> value(open, KeyFormat.logIdentityKey()));
        position = storedPosition();
        if (stored == null) {
            BatchRecords record = new BatchRecords(POSITION_BYTES_MAX);
            record.put(ColumnFamily.INDEX, KeyFormat.logIdentityKey(), wanted);
            write(BatchGroup.fromLog(NO_RECORDS, record), true);
        } else if (!Arrays.equals(stored, wanted)) {
            throw new StoreException("directory " + directory.path()
                    + " is a copy of another log: the topic was made again, or belongs to another Kafka cluster. "
                    + "Nothing was changed");
        }
    }

    private void write(byte[] group, boolean sync) {
        database.with(open -> {
            open.write(group, sync);
            return null;
        });
    }

    private LogPosition storedPosition() {
        byte[] stored = database.with(open -> value(open, KeyFormat.logPositionKey()));
        if (stored == null) {
            return LogPosition.START;
        }
        try {
            return LogPosition.decode(stored);
        } catch (IllegalArgumentException damaged) {
            throw new StoreCorruptException("the store is damaged: its position in the log cannot be read", damaged);
        }
    }

    private static byte @Nullable [] value(RocksDatabase database, byte[] key) {
        try (RocksSnapshot snapshot = database.snapshot()) {
            return snapshot.getStart(ColumnFamily.INDEX, key, Integer.MAX_VALUE);
        }
    }

    private static byte[] encode(LogIdentity identity) {
        byte[] clusterId = identity.clusterId().getBytes(StandardCharsets.UTF_8);
        UUID topicId = identity.topicId();
        return ByteBuffer.allocate(2 * Long.BYTES + clusterId.length)
                .putLong(topicId.getMostSignificantBits())
                .putLong(topicId.getLeastSignificantBits())
                .put(clusterId)
                .array();
    }
}
