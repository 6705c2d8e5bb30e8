package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * The database of a store through all its generations: is opened again in place, and is closed only when nobody is inside, which
 * RocksDB leaves to its user. Safe for use from several threads.
 */
final class ReopenableDatabase implements AutoCloseable {
    private static final long READERS_WAIT_SECONDS = 10;

    private final DataDirectory directory;
    private final long writeBufferBytes;
    /** Fair, so that readers do not keep it from being opened again. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    /** Null from a failed opening to the next good one, and after the close. Guarded by the lock. */
    private RocksDatabase database;

    /** Opens the database. */
    ReopenableDatabase(DataDirectory directory, long writeBufferBytes) {
        this.directory = directory;
        this.writeBufferBytes = writeBufferBytes;
        this.database = RocksDatabase.open(directory, writeBufferBytes);
    }

    /** Does something inside. Waits while it is being opened again; throws a {@link StoreException} if it is not open. */
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

    /**
     * Closes the database without a word to its log, checks what is there and opens it, as after a kill. Blocks. If it throws, the
     * database is closed and can be tried again.
     *
     * @throws dev.sluice.store.StoreCorruptException if what is there is damaged
     * @throws StoreException if it cannot be opened now
     */
    void reopen() {
        stopCompacting();
        awaitUnused();
        try {
            if (database != null) {
                RocksDatabase failed = database;
                database = null;
                failed.abandon();
            }
            database = RocksDatabase.open(directory, writeBufferBytes);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Of whoever is inside, a compaction is the one that may take long and need not be finished. */
    private void stopCompacting() {
        lock.readLock().lock();
        try {
            if (database != null) {
                database.stopCompacting();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private void awaitUnused() {
        try {
            if (lock.writeLock().tryLock(READERS_WAIT_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new StoreException("the store is being read or copied");
    }

    /** Closes the database. Blocks until nobody is inside. */
    @Override
    public void close() {
        stopCompacting();
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
