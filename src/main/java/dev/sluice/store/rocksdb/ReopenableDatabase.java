package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database of a store through all its generations. It can be reopened in place, and it is closed only when no
 * thread uses it, which RocksDB requires of its caller. Safe for use from several threads.
 */
final class ReopenableDatabase implements AutoCloseable {
    private static final long READERS_TIMEOUT_SECONDS = 10;

    private final DataDirectory directory;
    private final long writeBufferBytes;
    private final @Nullable SharedDatabaseMemory shared;
    /** Fair, so that a stream of readers cannot delay reopening. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    /** Null after a failed opening until a successful one, and after {@link #close}. Guarded by the lock. */
    private @Nullable RocksDatabase database;

    /** Opens the database. */
    ReopenableDatabase(DataDirectory directory, long writeBufferBytes) {
        this(directory, writeBufferBytes, null);
    }

    /** Opens a database that may share its memory with others. */
    ReopenableDatabase(DataDirectory directory, long writeBufferBytes, @Nullable SharedDatabaseMemory shared) {
        this.directory = directory;
        this.writeBufferBytes = writeBufferBytes;
        this.shared = shared;
        this.database = RocksDatabase.open(directory, writeBufferBytes, shared);
    }

    /**
     * Runs a task on the open database. Waits while the database is being reopened. Throws a {@link StoreException} if
     * it is not open.
     */
    <T> T with(Function<RocksDatabase, T> task) {
        lock.readLock().lock();
        try {
            if (database == null) {
                throw new StoreException("the store is not open");
            }
            return task.apply(database);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Like {@link #with}, but returns nothing if the database is not open, or is being reopened. */
    <T> Optional<T> tryWith(Function<RocksDatabase, T> task) {
        if (!lock.readLock().tryLock()) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(database).map(task);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Closes the database without writing to its log, verifies the log and opens it as after a process kill. Blocks. If
     * it throws, the database is closed and the call can be repeated.
     *
     * @throws dev.sluice.store.StoreCorruptException if the stored data is damaged
     * @throws StoreException if the database cannot be opened now
     */
    void reopen() {
        cancelCompaction();
        awaitUnused();
        try {
            if (database != null) {
                RocksDatabase failed = database;
                database = null;
                failed.closeWithoutSync();
            }
            database = RocksDatabase.open(directory, writeBufferBytes, shared);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** A compaction is the only use that may take long and need not be completed. */
    private void cancelCompaction() {
        lock.readLock().lock();
        try {
            if (database != null) {
                database.cancelCompaction();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private void awaitUnused() {
        try {
            if (lock.writeLock().tryLock(READERS_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new StoreException("the store is being read or copied");
    }

    /** Closes the database. Blocks until no thread uses it. */
    @Override
    public void close() {
        cancelCompaction();
        lock.writeLock().lock();
        try {
            if (database != null) {
                RocksDatabase last = database;
                database = null;
                last.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
