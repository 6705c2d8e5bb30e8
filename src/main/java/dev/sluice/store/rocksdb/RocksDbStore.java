package dev.sluice.store.rocksdb;

import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.Arrivals;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.CommitListener;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.StoredMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The store on disk: one RocksDB database for all queues, because one log means one stream of syncs.
 *
 * <p>Threads: one that writes and one that tells ({@link GroupCommit}), two readers ({@link ReadPool}), one while a failed store is opened again
 * ({@link StoreReopener}), and RocksDB's own. Nothing of RocksDB runs on the threads that call.
 */
public final class RocksDbStore implements QueueStore {
    private static final int GROUP_BYTES_MAX = 8 * 1024 * 1024;
    private static final long WRITE_BUFFER_BYTES = 32L * 1024 * 1024;
    /** With less room a store that failed is not opened again: what its log holds is written into tables then. */
    private static final long REOPEN_FREE_BYTES_MIN = 32L * 1024 * 1024;

    /** Less is not worth a flush. */
    private static final long RECLAIM_BYTES_MIN = 8L * 1024 * 1024;
    /** What is reclaimed costs at most so many times its size in rewriting. */
    private static final long RECLAIM_TABLE_PARTS = 4;

    private final DataDirectory directory;
    private final ReopenableDatabase database;
    private final GroupCommit groupCommit;
    private final ReadPool readPool = new ReadPool();
    private final StoreReopener reopening = new StoreReopener(new StoreReopener.Attempt() {
        @Override
        public boolean hasRoom() {
            return freeBytes() >= REOPEN_FREE_BYTES_MIN;
        }

        @Override
        public void open() {
            database.reopen();
            groupCommit.resume();
        }
    });
    /** Bytes of bodies deleted since space was last reclaimed in this process. */
    private final LongAdder deletedBodyBytes = new LongAdder();

    private boolean closed;

    /** {@code disk} stands between the writer and the database; tests let it fail. */
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
        this.groupCommit = new GroupCommit(disk.apply(writer), reopening::begin, GROUP_BYTES_MAX, meter);
    }

    /**
     * Opens the store of a directory, making both if there is none. Blocks until everything that was stored can be read.
     *
     * @throws dev.sluice.store.StoreCorruptException if what is there is damaged
     * @throws StoreException with one line for the operator, if the directory is not ours to use
     */
    public static RocksDbStore open(Path directory, Durability durability, CommitMeter meter) {
        return open(directory, durability, WRITE_BUFFER_BYTES, meter, UnaryOperator.identity());
    }

    /** The same store, whose writes nobody counts. */
    public static RocksDbStore open(Path directory, Durability durability) {
        return open(directory, durability, CommitMeter.NONE);
    }

    /**
     * How many files the store of a process may have open.
     *
     * @param processFilesMax the limit of open files of the process
     */
    public static int filesMax(long processFilesMax) {
        return RocksDbOptions.filesMax(processFilesMax);
    }

    /** Where the store of that directory keeps its native library; libraries of others may be unpacked there while it is open. */
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
            return new RocksDbStore(opened, new ReopenableDatabase(opened, writeBufferBytes), durability, meter, disk);
        } catch (RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    @Override
    public void commit(StoreBatch batch, CommitListener listener) {
        deletedBodyBytes.add(batch.deletedBodyBytes());
        groupCommit.commit(batch, listener);
    }

    @Override
    public long bytesWaiting() {
        return groupCommit.bytesWaiting();
    }

    @Override
    public CompletionStage<QueueImage> load(long queueNumber) {
        return read(view -> QueueReads.load(view, queueNumber));
    }

    @Override
    public CompletionStage<Map<Long, QueueHead>> heads() {
        return read(QueueReads::heads);
    }

    @Override
    public CompletionStage<Arrivals> readArrivals(long queueNumber, long fromSeq, int limit) {
        return read(view -> QueueReads.arrivals(view, queueNumber, fromSeq, limit, QueueReads.ARRIVALS_BYTES_MAX));
    }

    @Override
    public CompletionStage<List<ScheduledMessage>> readSchedule(
            long queueNumber, long fromMillis, long fromSeq, int limit) {
        return read(view -> QueueReads.schedule(view, queueNumber, fromMillis, fromSeq, limit));
    }

    @Override
    public CompletionStage<List<ScheduledMessage>> readWaiting(long queueNumber, long fromSeq, int limit) {
        return read(view -> QueueReads.waiting(view, queueNumber, fromSeq, limit));
    }

    @Override
    public CompletionStage<List<MessageHeader>> readOriginalTimestamps(
            long queueNumber, long fromMillis, long fromSeq, int limit) {
        return read(view -> QueueReads.originalTimestamps(view, queueNumber, fromMillis, fromSeq, limit));
    }

    @Override
    public CompletionStage<List<LookupResult>> find(long queueNumber, long[] seqs) {
        return read(view -> QueueReads.find(view, queueNumber, seqs));
    }

    @Override
    public CompletionStage<List<StoredMessage>> readContents(long queueNumber, List<MessageHeader> headers) {
        return read(view -> QueueReads.contents(view, queueNumber, headers));
    }

    @Override
    public CompletionStage<Void> readCatalog(Consumer<CatalogRecord> each) {
        return read(view -> QueueReads.catalog(view, each));
    }

    @Override
    public Optional<String> failure() {
        return groupCommit.failure().map(why -> reopening
                .obstacle()
                .map(obstacle -> why + "; opening it again: " + obstacle)
                .orElse(why));
    }

    @Override
    public long generation() {
        return groupCommit.generation();
    }

    @Override
    public long freeBytes() {
        return directory.freeBytes();
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

    /** A close waits for it. */
    @Override
    public synchronized void copyTo(Path target) {
        if (closed) {
            throw new StoreException("the store is closed");
        }
        database.with(open -> {
            CheckpointWriter.make(directory.path(), target, open::copyTo);
            return null;
        });
    }

    /** Ends whatever opens it again, the writer and the readers first, so that nobody is left inside RocksDB when it goes. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        reopening.close();
        groupCommit.close();
        readPool.close();
        try {
            database.close();
            directory.protectDatabase();
        } finally {
            directory.close();
        }
    }

    /** Rewrites everything into as few files as possible, without what was deleted. Blocks; not while closing. */
    void compact() {
        database.with(open -> {
            open.compact();
            return null;
        });
    }

    private <T> CompletionStage<T> read(Function<StoreSnapshot, T> read) {
        return readPool.read(() -> database.with(open -> {
            try (RocksSnapshot view = open.view()) {
                return read.apply(view);
            }
        }));
    }
}
