package dev.sluice.store.rocksdb;

import dev.sluice.store.FileFailure;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.WriteBufferManager;

/**
 * What the copies of one node share: the block cache, the limit of write buffers, the threads that read, and the place
 * of the native library. Their number is that of the shards, and together they may use about as much memory as one
 * store. Closed after all of them.
 */
public final class SharedDatabaseMemory implements AutoCloseable {
    private static final long CACHE_BYTES = 64L * 1024 * 1024;
    private static final long WRITE_BUFFERS_BYTES = 64L * 1024 * 1024;
    private static final int OPEN_FILES_MIN = 16;

    private final int databases;
    private final Path directory;
    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final ReadPool readPool = new ReadPool();

    /**
     * Creates it.
     *
     * @param directory where the native library is unpacked
     * @param databases how many share it at most
     * @throws StoreException with one line for the operator, if the directory cannot be used
     */
    public SharedDatabaseMemory(Path directory, int databases) {
        this.databases = databases;
        this.directory = directory;
        try {
            DurableDirectories.create(directory);
        } catch (IOException failure) {
            throw new StoreException(
                    "data directory " + directory + " cannot be used: " + FileFailure.reason(failure), failure);
        }
        NativeLibrary.load(DataDirectory.nativeCode(directory));
        this.cache = new LRUCache(CACHE_BYTES);
        this.writeBuffers = new WriteBufferManager(WRITE_BUFFERS_BYTES, cache);
    }

    Cache cache() {
        return cache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    ReadPool readPool() {
        return readPool;
    }

    /** Usable bytes of the file system of the directory. */
    public long freeBytes() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException failure) {
            throw new StoreException(
                    "free space of " + directory + " cannot be read: " + FileFailure.reason(failure), failure);
        }
    }

    /** The share of one database in the files that one store may have open. */
    int openFilesMax(int ofStore) {
        return Math.max(OPEN_FILES_MIN, ofStore / databases);
    }

    @Override
    public void close() {
        readPool.close();
        writeBuffers.close();
        cache.close();
    }
}
