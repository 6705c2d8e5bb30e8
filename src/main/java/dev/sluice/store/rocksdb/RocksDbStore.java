package dev.sluice.store.rocksdb;

import dev.sluice.store.CommitListener;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreFigures;
import dev.sluice.store.StoreSnapshot;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The store on disk: one RocksDB database for all queues, so that all queues share one log and its syncs.
 *
 * <p>Threads: a writer and a notifier ({@link GroupCommit}), two readers ({@link ReadPool}), one while a failed store
 * is being reopened ({@link StoreReopener}), and RocksDB's own. RocksDB is never called on a caller's thread, except by
 * {@link #open}, {@link #reclaimSpace}, {@link #copyTo} and {@link #close}.
 */
public final class RocksDbStore implements QueueStore {
    private static final int GROUP_BYTES_MAX = 8 * 1024 * 1024;
    private static final long WRITE_BUFFER_BYTES = 32L * 1024 * 1024;
    /** With less free space a failed store is not reopened: reopening writes the content of the log into tables. */
    private static final long REOPEN_FREE_BYTES_MIN = 32L * 1024 * 1024;

    /** Below this size, reclaiming is not worth a flush. */
    private static final long RECLAIM_BYTES_MIN = 8L * 1024 * 1024;
    /** Reclaiming rewrites at most this many times the bytes that it frees. */
    private static final long RECLAIM_TABLE_PARTS = 4;

    private final DataDirectory directory;
    private final ReopenableDatabase database;
    private final GroupCommit groupCommit;
    private final ReadPool readPool = new ReadPool();
    private final StoreReopener reopener = new StoreReopener(new StoreReopener.Attempt() {
        @Override
        public boolean hasFreeSpace() {
            return freeBytes() >= REOPEN_FREE_BYTES_MIN;
        }

        @Override
        public void open() {
            database.reopen();
            groupCommit.resume();
        }
    });
    /** Body bytes deleted since the last reclaim of this process. */
    private final LongAdder deletedBodyBytes = new LongAdder();

    private boolean closed;

    /** {@code disk} wraps the writer; tests use it to inject failures. */
    private RocksDbStore(
            DataDirectory directory,
            ReopenableDatabase database,
            Durability durability,
            CommitMeter meter,
            UnaryOperator<GroupCommit.GroupWriter> disk) {
        this.directory = directory;
        this.database = database;
        boolean syncs = durability == Durability.FSYNC;
        GroupCommit.GroupWriter writer = (group, sync) -> database.with(open -> {
            open.write(group, sync && syncs);
            return null;
        });
        this.groupCommit = new GroupCommit(disk.apply(writer), reopener::start, GROUP_BYTES_MAX, meter);
    }

    /**
     * Opens the store of a directory; creates both if they do not exist. Blocks until all stored data can be read.
     *
     * @throws dev.sluice.store.StoreCorruptException if the stored data is damaged
     * @throws StoreException with one line for the operator, if the directory cannot be used
     */
    public static RocksDbStore open(Path directory, Durability durability, CommitMeter meter) {
        return open(directory, durability, WRITE_BUFFER_BYTES, meter, UnaryOperator.identity());
    }

    /** Like {@link #open(Path, Durability, CommitMeter)}, without a meter. */
    public static RocksDbStore open(Path directory, Durability durability) {
        return open(directory, durability, CommitMeter.NONE);
    }

    /**
     * Upper bound for the files that the store of a process has open.
     *
     * @param processFilesMax the limit of open files of the process
     */
    public static int filesMax(long processFilesMax) {
        return RocksDbOptions.filesMax(processFilesMax);
    }

    /**
     * The directory of the native library in a data directory. Other native libraries may be unpacked there while the
     * store is open.
     */
    public static Path nativeLibraries(Path directory) {
        return DataDirectory.nativeCode(directory);
    }

    static RocksDbStore open(Path directory, Durability durability, long writeBufferBytes) {
        return open(directory, durability, writeBufferBytes, CommitMeter.NONE, UnaryOperator.identity());
    }

    static RocksDbStore open(
            Path directory,
            Durability durability,
            long writeBufferBytes,
            CommitMeter meter,
            UnaryOperator<GroupCommit.GroupWriter> disk) {
        DataDirectory opened = DataDirectory.open(directory, RocksDatabase.FORMAT);
        try {
            ReopenableDatabase database = new ReopenableDatabase(opened, writeBufferBytes);
            refuseCopyOfLog(directory, database);
            return new RocksDbStore(opened, database, durability, meter, disk);
        } catch (RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    /** A write that the log does not have would make the copy differ from it. */
    private static void refuseCopyOfLog(Path directory, ReopenableDatabase database) {
        if (database.with(LogCopy::isCopy)) {
            database.close();
            throw new StoreException("directory " + directory
                    + " is a copy of a log in Kafka; use it with storage.engine kafka, as the directory above it");
        }
    }

    @Override
    public StoreBatch newBatch(long batchGeneration, int capacityBytes) {
        return new StoreBatch(new BatchRecords(capacityBytes), batchGeneration);
    }

    @Override
    public void commit(StoreBatch batch, CommitListener listener) {
        if (!(batch.records() instanceof BatchRecords)) {
            throw new IllegalArgumentException("the batch was made for another kind of store");
        }
        deletedBodyBytes.add(batch.deletedBodyBytes());
        groupCommit.commit(batch, listener);
    }

    @Override
    public long bytesWaiting() {
        return groupCommit.bytesWaiting();
    }

    @Override
    public <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read) {
        return readPool.read(() -> database.with(open -> {
            try (RocksSnapshot snapshot = open.snapshot()) {
                return read.apply(snapshot);
            }
        }));
    }

    @Override
    public Optional<String> failure() {
        return groupCommit.failure().map(reason -> reopener.lastFailure()
                .map(lastFailure -> reason + "; opening it again: " + lastFailure)
                .orElse(reason));
    }

    @Override
    public long generation(long queueNumber) {
        return groupCommit.generation();
    }

    @Override
    public long freeBytes() {
        return directory.freeBytes();
    }

    @Override
    public Optional<StoreFigures> figures() {
        return database.tryWith(open -> open.figures(directory.logBytes()));
    }

    @Override
    public void reclaimSpace() {
        database.with(open -> {
            long deleted = deletedBodyBytes.sum();
            if (deleted >= RECLAIM_BYTES_MIN && deleted >= open.tableBytes() / RECLAIM_TABLE_PARTS) {
                open.compact();
                deletedBodyBytes.add(-deleted);
            }
            return null;
        });
    }

    /** A concurrent {@link #close} waits for the copy. */
    @Override
    public synchronized void copyTo(Path target) {
        if (closed) {
            throw new StoreException("the store is closed");
        }
        database.with(open -> {
            CheckpointWriter.create(directory.path(), target, open::copyTo);
            return null;
        });
    }

    /** Ends the reopener, the writer and the readers first, so that no thread uses RocksDB when it is closed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        reopener.close();
        groupCommit.close();
        readPool.close();
        try {
            database.close();
            directory.protectDatabase();
        } finally {
            directory.close();
        }
    }

    /** Compacts all tables and drops deleted records. Blocks; not while closing. */
    void compact() {
        database.with(open -> {
            open.compact();
            return null;
        });
    }
}
