package dev.sluice.runtime;

import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueImage;
import dev.sluice.store.Arrivals;
import dev.sluice.store.CommitListener;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.StoredMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A store that a test can make refuse commits, refuse commits but store them, delay loads, read in small pieces, and
 * report that it was reopened.
 */
public final class FaultyStore implements QueueStore {
    private static final int SHARDS = 8_191;

    public volatile boolean refusing;
    public volatile boolean denying;
    public volatile int reopenings;
    /** Number of reads of contents without their rows. One thread. */
    public int contentsRead;

    /** The most rows that one read of arrivals returns. */
    public int arrivalsMax = Integer.MAX_VALUE;

    /** Number of reads of arrivals. One thread. */
    public int arrivalsRead;

    /** Reads of arrivals wait for this, and fail with it. */
    public CompletableFuture<Void> arrivalsGate = CompletableFuture.completedFuture(null);

    /** While it is not null, commits wait here and are stored when the test runs them. */
    public volatile List<Runnable> heldCommits;

    /** Reads of contents wait for this. */
    public CompletableFuture<Void> contentsGate = CompletableFuture.completedFuture(null);
    /** What is reported as free; null for what the store says. */
    public volatile Long freeBytes;

    /** Number of a message whose content is missing. */
    public long contentMissingOf;

    /** Whether queues are stored apart: no batch may change two of them. */
    public boolean apart;
    /** While it is not null, the ownership of queues is confirmed only when it completes. */
    public volatile CompletableFuture<Void> confirmation;
    /** After so many commits all are refused. */
    public final AtomicInteger commitsLeft = new AtomicInteger(Integer.MAX_VALUE);
    /** Whether the first commit that is refused is stored all the same. */
    public boolean lastIsStored;

    volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    private final QueueStore store;

    public FaultyStore(QueueStore store) {
        this.store = store;
    }

    @Override
    public StoreBatch newBatch(long batchGeneration, int capacityBytes) {
        StoreBatch batch = store.newBatch(batchGeneration, capacityBytes);
        return apart ? new StoreBatch(batch.records(), batchGeneration, SHARDS) : batch;
    }

    @Override
    public boolean isConfirmed(long queueNumber, long sinceNanos) {
        return confirmation == null;
    }

    @Override
    public CompletionStage<Void> confirm(long queueNumber, long sinceNanos) {
        CompletableFuture<Void> open = confirmation;
        return open == null ? CompletableFuture.completedStage(null) : open;
    }

    @Override
    public boolean storesQueuesApart() {
        return apart;
    }

    @Override
    public void commit(StoreBatch batch, CommitListener listener) {
        if (apart && batch.shard() == StoreBatch.MIXED) {
            throw new IllegalArgumentException("a batch changes more than one shard");
        }
        int left = commitsLeft.getAndUpdate(count -> count == Integer.MAX_VALUE ? count : count - 1);
        List<Runnable> held = heldCommits;
        if (left <= 0) {
            if (left == 0 && lastIsStored) {
                store.commit(batch, stored -> listener.committed(new StoreException("the disk does not say")));
            } else {
                listener.committed(new StoreException("the disk is gone"));
            }
        } else if (held != null) {
            held.add(() -> store.commit(batch, listener));
        } else if (refusing) {
            listener.committed(new StoreException("the disk is gone"));
        } else if (denying) {
            store.commit(batch, stored -> listener.committed(new StoreException("the disk does not say")));
        } else {
            store.commit(batch, listener);
        }
    }

    @Override
    public <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read) {
        return store.read(queueNumber, read);
    }

    @Override
    public CompletionStage<QueueImage> load(long queueNumber) {
        return gate.thenCompose(open -> apart
                ? store.read(queueNumber, snapshot -> QueueReads.loadWithMove(snapshot, queueNumber))
                : store.load(queueNumber));
    }

    @Override
    public long bytesWaiting() {
        return store.bytesWaiting();
    }

    @Override
    public CompletionStage<Arrivals> readArrivals(long queueNumber, long fromSeq, int limit) {
        arrivalsRead++;
        return arrivalsGate.thenCompose(open -> store.readArrivals(queueNumber, fromSeq, Math.min(limit, arrivalsMax)));
    }

    @Override
    public CompletionStage<List<StoredMessage>> readContents(long queueNumber, List<MessageHeader> headers) {
        contentsRead += headers.size();
        List<MessageHeader> there = headers.stream()
                .filter(header -> header.seq() != contentMissingOf)
                .toList();
        return contentsGate.thenCompose(open -> store.readContents(queueNumber, there));
    }

    @Override
    public Optional<String> failure() {
        return store.failure();
    }

    @Override
    public long generation(long queueNumber) {
        return store.generation(queueNumber) + reopenings;
    }

    @Override
    public void copyTo(Path directory) {
        store.copyTo(directory);
    }

    @Override
    public long freeBytes() {
        return freeBytes == null ? store.freeBytes() : freeBytes;
    }

    @Override
    public void close() {
        store.close();
    }
}
