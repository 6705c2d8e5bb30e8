package dev.sluice.store.rocksdb;

import dev.sluice.store.ColumnFamily;
import dev.sluice.store.KeyFormat;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogPosition;
import dev.sluice.store.log.LogUnusableException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A local copy of what a shard log says: a database that applies the groups of the log one after the other, each
 * together with its position in one write. Writes are not synced: after a power loss the copy has a prefix, and the rest
 * is read from the log again. A copy can be deleted at any time; the log has everything.
 *
 * <p>{@link #apply} belongs to one thread. Reads run on the threads that the copies of a node share, and see everything
 * that was applied before they began. All of them have ended before the copy is closed.
 */
public final class LogCopy implements AutoCloseable {
    private static final long WRITE_BUFFER_BYTES = 32L * 1024 * 1024;
    private static final int POSITION_BYTES_MAX = 160;
    private static final byte[] NO_RECORDS = new byte[Integer.BYTES];
    /** Greater than any key. */
    private static final byte[] AFTER_ALL_KEYS = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

    private final DataDirectory directory;
    private final ReopenableDatabase database;
    private final ReadPool readPool;
    private volatile LogPosition position = LogPosition.START;
    private boolean failed;
    private volatile boolean closing;

    private LogCopy(DataDirectory directory, ReopenableDatabase database, ReadPool readPool) {
        this.directory = directory;
        this.database = database;
        this.readPool = readPool;
    }

    /**
     * Opens the copy in a directory; creates both if they do not exist. Blocks.
     *
     * @param identity the log that the copy follows
     * @throws StoreCorruptException if the copy is damaged: it can be deleted, see {@link #delete}
     * @throws StoreException with one line for the operator, if the directory cannot be used or follows another log
     */
    public static LogCopy open(Path directory, LogIdentity identity, SharedDatabaseMemory shared) {
        DataDirectory opened = DataDirectory.open(directory, RocksDatabase.FORMAT, false);
        try {
            ReopenableDatabase database = new ReopenableDatabase(opened, WRITE_BUFFER_BYTES, shared);
            LogCopy copy = new LogCopy(opened, database, shared.readPool());
            try {
                copy.bind(identity);
                return copy;
            } catch (RuntimeException | Error failure) {
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

    /** Receives the contents of a copy. */
    public interface SnapshotSink {
        /** Called first: the last record of the log that the snapshot holds. Returns whether to go on. */
        boolean begin(LogPosition snapshotPosition);

        /** Called for each part, in order, in the form that {@link #load} takes. Returns whether to go on. */
        boolean part(byte[] payload);
    }

    /**
     * Passes everything that a consistent snapshot holds to a sink, except what is about the copy itself. Blocks; ends
     * early when the copy is closed. May run on any thread while groups are applied.
     *
     * @param partBytes a part ends once it has this size
     * @return whether the sink got everything
     */
    public boolean writeSnapshot(int partBytes, SnapshotSink sink) {
        return database.with(open -> {
            try (RocksSnapshot snapshot = open.snapshot()) {
                byte[] stored = snapshot.getStart(ColumnFamily.INDEX, KeyFormat.logPositionKey(), Integer.MAX_VALUE);
                return stored != null
                        && sink.begin(LogPosition.decode(stored))
                        && new SnapshotParts(partBytes, sink).scan(snapshot);
            }
        });
    }

    /** Cuts the contents of a copy into parts. */
    private final class SnapshotParts {
        private final int partBytes;
        private final SnapshotSink sink;
        private BatchRecords records = new BatchRecords(POSITION_BYTES_MAX);
        private boolean goesOn = true;

        SnapshotParts(int partBytes, SnapshotSink sink) {
            this.partBytes = partBytes;
            this.sink = sink;
        }

        boolean scan(RocksSnapshot snapshot) {
            for (ColumnFamily family : ColumnFamily.values()) {
                snapshot.scan(family, KeyFormat.firstContentKey(), AFTER_ALL_KEYS, (key, value) -> {
                    records.put(family, key, value);
                    if (records.length() >= partBytes) {
                        flush();
                    }
                    return goesOn;
                });
            }
            if (goesOn && records.count() > 0) {
                flush();
            }
            return goesOn;
        }

        private void flush() {
            goesOn = !closing && sink.part(BatchGroup.toLog(records));
            records = new BatchRecords(partBytes + partBytes / 4);
        }
    }

    /** Marks that this copy, which must be empty, is being loaded from a snapshot. Blocks. */
    public void beginLoad() {
        BatchRecords mark = new BatchRecords(POSITION_BYTES_MAX);
        mark.put(ColumnFamily.INDEX, KeyFormat.loadingKey(), NO_RECORDS);
        write(BatchGroup.fromLog(NO_RECORDS, mark), true);
    }

    /** Writes a part of a snapshot. Blocks. */
    public void load(byte[] payload) {
        write(BatchGroup.fromLog(payload, new BatchRecords(0)), false);
    }

    /** Ends the load: the copy holds what the log says up to that position. Blocks. */
    public void endLoad(LogPosition loaded) {
        BatchRecords record = new BatchRecords(POSITION_BYTES_MAX);
        record.put(ColumnFamily.INDEX, KeyFormat.logPositionKey(), loaded.encode());
        record.delete(ColumnFamily.INDEX, KeyFormat.loadingKey());
        write(BatchGroup.fromLog(NO_RECORDS, record), true);
        position = loaded;
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
        closing = true;
        try {
            database.close();
            directory.protectDatabase();
        } finally {
            directory.close();
        }
    }

    private void bind(LogIdentity identity) {
        if (database.with(open -> value(open, KeyFormat.loadingKey())) != null) {
            throw new StoreCorruptException("it was never loaded completely from a snapshot");
        }
        byte[] wanted = identity.encode();
        byte[] stored = database.with(open -> value(open, KeyFormat.logIdentityKey()));
        position = storedPosition();
        if (stored == null) {
            BatchRecords record = new BatchRecords(POSITION_BYTES_MAX);
            record.put(ColumnFamily.INDEX, KeyFormat.logIdentityKey(), wanted);
            write(BatchGroup.fromLog(NO_RECORDS, record), true);
        } else if (!Arrays.equals(stored, wanted)) {
            throw new LogUnusableException("directory " + directory.path() + " is a copy of another log: "
                    + difference(identity, stored) + ". Nothing was changed");
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

    private static String difference(LogIdentity identity, byte[] stored) {
        try {
            return identity.differenceFrom(LogIdentity.decode(ByteBuffer.wrap(stored)))
                    .orElse("its identity has another form");
        } catch (BufferUnderflowException tooShort) {
            return "its identity cannot be read";
        }
    }
}
