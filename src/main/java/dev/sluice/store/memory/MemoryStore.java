package dev.sluice.store.memory;

import dev.sluice.store.CommitListener;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store without persistence, for {@code storage.engine: memory} and for tests. It holds the same records in the same
 * format as the store on disk, so both behave alike.
 *
 * <p>It has no threads: {@link #commit} stores the batch and notifies the listener before it returns, and reads
 * complete immediately. Commits from several threads are serialized by a lock.
 */
public final class MemoryStore implements QueueStore {
    /** A store in memory is never reopened. */
    private static final long GENERATION = 0;

    private final MemoryTable table;
    private volatile boolean closed;

    /** Creates an empty store. */
    public MemoryStore() {
        this(new MemoryTable());
    }

    private MemoryStore(MemoryTable table) {
        this.table = table;
    }

    /** Closes this store and opens another one on the same records, like a restart. Every commit counts as durable. */
    public MemoryStore reopen() {
        close();
        return new MemoryStore(table);
    }

    @Override
    public StoreBatch newBatch(long batchGeneration, int capacityBytes) {
        return new StoreBatch(new MemoryRecords(), batchGeneration);
    }

    @Override
    public void commit(StoreBatch batch, CommitListener listener) {
        @Nullable StoreException failure = null;
        synchronized (table) {
            if (closed) {
                failure = closedException();
            } else if (batch.generation() != GENERATION) {
                failure = new StoreException("the batch is of another generation of the store");
            } else {
                table.apply(batch);
            }
        }
        listener.committed(failure);
    }

    @Override
    public long bytesWaiting() {
        return 0;
    }

    @Override
    public <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read) {
        try {
            synchronized (table) {
                if (closed) {
                    throw closedException();
                }
                return CompletableFuture.completedStage(read.apply(table));
            }
        } catch (RuntimeException failure) {
            return CompletableFuture.failedStage(StoreException.ofRead(failure));
        }
    }

    @Override
    public Optional<String> failure() {
        return Optional.empty();
    }

    @Override
    public long generation(long queueNumber) {
        return GENERATION;
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void copyTo(Path directory) {
        throw new StoreException("the store is in memory; there is nothing that could be copied");
    }

    @Override
    public void close() {
        synchronized (table) {
            closed = true;
        }
    }

    private static StoreException closedException() {
        return new StoreException("the store is closed");
    }
}
