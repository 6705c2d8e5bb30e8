package dev.sluice.store.memory;

import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.Arrivals;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.CommitListener;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A store without persistence, for {@code storage.engine: memory} and for tests. It holds the same records in the same
 * format as the store on disk, so both behave alike.
 *
 * <p>It has no threads: {@link #commit} stores the batch and notifies the listener before it returns, and reads
 * complete immediately. Commits from several threads are serialized by a lock.
 */
public final class MemoryStore implements QueueStore {
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
        StoreException failure = null;
        synchronized (table) {
            if (closed) {
                failure = closedException();
            } else if (batch.generation() != generation()) {
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
    public CompletionStage<QueueImage> load(long queueNumber) {
        return read(snapshot -> QueueReads.load(snapshot, queueNumber));
    }

    @Override
    public CompletionStage<Map<Long, QueueHead>> heads() {
        return read(QueueReads::heads);
    }

    @Override
    public CompletionStage<Arrivals> readArrivals(long queueNumber, long fromSeq, int limit) {
        return read(
                snapshot -> QueueReads.arrivals(snapshot, queueNumber, fromSeq, limit, QueueReads.ARRIVALS_BYTES_MAX));
    }

    @Override
    public CompletionStage<List<ScheduledMessage>> readSchedule(
            long queueNumber, long fromMillis, long fromSeq, int limit) {
        return read(snapshot -> QueueReads.schedule(snapshot, queueNumber, fromMillis, fromSeq, limit));
    }

    @Override
    public CompletionStage<List<ScheduledMessage>> readWaiting(long queueNumber, long fromSeq, int limit) {
        return read(snapshot -> QueueReads.waiting(snapshot, queueNumber, fromSeq, limit));
    }

    @Override
    public CompletionStage<List<MessageHeader>> readOriginalTimestamps(
            long queueNumber, long fromMillis, long fromSeq, int limit) {
        return read(snapshot -> QueueReads.originalTimestamps(snapshot, queueNumber, fromMillis, fromSeq, limit));
    }

    @Override
    public CompletionStage<List<LookupResult>> find(long queueNumber, long[] seqs) {
        return read(snapshot -> QueueReads.find(snapshot, queueNumber, seqs));
    }

    @Override
    public CompletionStage<List<StoredMessage>> readContents(long queueNumber, List<MessageHeader> headers) {
        return read(snapshot -> QueueReads.contents(snapshot, queueNumber, headers));
    }

    @Override
    public CompletionStage<Void> readCatalog(Consumer<CatalogRecord> each) {
        return read(snapshot -> QueueReads.catalog(snapshot, each));
    }

    @Override
    public Optional<String> failure() {
        return Optional.empty();
    }

    @Override
    public long generation() {
        return 0;
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

    private <T> CompletionStage<T> read(Function<StoreSnapshot, T> read) {
        try {
            synchronized (table) {
                if (closed) {
                    throw closedException();
                }
                return CompletableFuture.completedStage(read.apply(table));
            }
        } catch (StoreException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private static StoreException closedException() {
        return new StoreException("the store is closed");
    }
}
