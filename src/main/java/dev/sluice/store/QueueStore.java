package dev.sluice.store;

import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.ScheduledMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The storage of all queues of an installation. There is one store for all of them, because with one log all queues
 * share its syncs. Safe for use from several threads.
 *
 * <p>{@link #commit} is the only way to change anything and the only durability point. A read sees everything that was
 * committed before it began. Reads run on the store's own bounded thread pool (or on the calling thread if they cannot
 * block) and complete their stage on any thread. A failed read or commit carries a {@link StoreException}.
 */
public interface QueueStore extends AutoCloseable {
    /** The generation of a queue that another node owns; no batch is ever stored in it. */
    long NOT_OWNED = -1;

    /**
     * Creates an empty batch in the form that this store writes. Does not block. A store whose queues are divided into
     * shards takes batches that change queues of one shard only, or the catalog only.
     *
     * @param generation the value of {@link #generation} before the read on which the batch is based; in another
     * generation the batch is refused
     * @param capacityBytes initial capacity, which the batch may exceed; preferably {@link
     * StoreBatch#nextCapacityBytes} of the previous batch, because the batches of a busy queue are similar
     */
    StoreBatch newBatch(long generation, int capacityBytes);

    /** Creates an empty batch with the minimum initial capacity. See {@link #newBatch(long, int)}. */
    default StoreBatch newBatch(long generation) {
        return newBatch(generation, StoreBatch.CAPACITY_BYTES_MIN);
    }

    /**
     * Stores a batch atomically and notifies the listener. Batches are stored in the order of the calls. Pending
     * batches are combined into one write, with one sync if any of them is {@linkplain StoreBatch#durable() durable}.
     * The batch must be made by {@link #newBatch} of such a store and belongs to the store after the call.
     *
     * <p>After a failed batch all batches of the same generation fail. A batch of any other {@link #generation} than
     * the current one is refused. So nothing is stored on top of a batch that may be lost.
     */
    void commit(StoreBatch batch, CommitListener listener);

    /** Like {@link #commit(StoreBatch, CommitListener)}; the stage completes on a thread of the store. */
    default CompletionStage<Void> commit(StoreBatch batch) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        commit(batch, failure -> {
            if (failure == null) {
                stored.complete(null);
            } else {
                stored.completeExceptionally(failure);
            }
        });
        return stored;
    }

    /** Bytes passed to {@link #commit} and not yet stored. */
    long bytesWaiting();

    /** The same, of everything that waits for the same writer as this queue. Used for admission control. */
    default long bytesWaiting(long queueNumber) {
        return bytesWaiting();
    }

    /**
     * Runs a read on a consistent snapshot that has everything that is stored of a queue. All other reads of queues are
     * made of this one. Fails if another node owns the queue.
     *
     * @param read may block as the snapshot does, and must not keep the snapshot; an exception from it fails the stage
     */
    <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read);

    /** Like {@link #read}, on a snapshot that has the catalog. */
    default <T> CompletionStage<T> readCatalogSnapshot(Function<StoreSnapshot, T> read) {
        return read(0, read);
    }

    /**
     * Reads the head, the leases and the dead-lettered markers of a queue; {@link QueueImage#NEW} if the queue was
     * never written.
     */
    default CompletionStage<QueueImage> load(long queueNumber) {
        return read(queueNumber, snapshot -> QueueReads.load(snapshot, queueNumber));
    }

    /**
     * Reads the heads of all queues that were ever written and that this node owns, by queue number. Used to activate
     * inactive queues at their deadlines.
     */
    default CompletionStage<Map<Long, QueueHead>> heads() {
        return readCatalogSnapshot(QueueReads::heads);
    }

    /**
     * Reads messages published without delay, with content, ordered by seq, starting at {@code fromSeq}: at most {@code
     * limit} messages, and none after the one whose body brings the total to {@link QueueReads#ARRIVALS_BYTES_MAX}.
     *
     * <p>The messages were never delivered if {@code fromSeq} is at or above the head's {@code arrivalsFromSeq}.
     */
    default CompletionStage<Arrivals> readArrivals(long queueNumber, long fromSeq, int limit) {
        return read(
                queueNumber,
                snapshot -> QueueReads.arrivals(snapshot, queueNumber, fromSeq, limit, QueueReads.ARRIVALS_BYTES_MAX));
    }

    /** Reads scheduled messages ordered by (available at, seq), starting at that pair. */
    default CompletionStage<List<ScheduledMessage>> readSchedule(
            long queueNumber, long fromMillis, long fromSeq, int limit) {
        return read(queueNumber, snapshot -> QueueReads.schedule(snapshot, queueNumber, fromMillis, fromSeq, limit));
    }

    /** Reads scheduled messages ordered by seq, starting at {@code fromSeq}. */
    default CompletionStage<List<ScheduledMessage>> readWaiting(long queueNumber, long fromSeq, int limit) {
        return read(queueNumber, snapshot -> QueueReads.waiting(snapshot, queueNumber, fromSeq, limit));
    }

    /** Reads messages that keep an original timestamp, ordered by (timestamp, seq), starting at that pair. */
    default CompletionStage<List<MessageHeader>> readOriginalTimestamps(
            long queueNumber, long fromMillis, long fromSeq, int limit) {
        return read(
                queueNumber,
                snapshot -> QueueReads.originalTimestamps(snapshot, queueNumber, fromMillis, fromSeq, limit));
    }

    /** Looks up messages by seq. Messages that are not stored are omitted. */
    default CompletionStage<List<LookupResult>> find(long queueNumber, long[] seqs) {
        return read(queueNumber, snapshot -> QueueReads.find(snapshot, queueNumber, seqs));
    }

    /** Reads the contents of these messages, in the given order. Messages that no longer exist are omitted. */
    default CompletionStage<List<StoredMessage>> readContents(long queueNumber, List<MessageHeader> headers) {
        return read(queueNumber, snapshot -> QueueReads.contents(snapshot, queueNumber, headers));
    }

    /**
     * Reads the whole catalog, sorted by key, one record at a time, so that there is no second copy of it in memory.
     *
     * @param each called for each record on the reading thread, before the stage completes; an exception from it fails
     * the stage
     */
    default CompletionStage<Void> readCatalog(Consumer<CatalogRecord> each) {
        return readCatalogSnapshot(snapshot -> QueueReads.catalog(snapshot, each));
    }

    /**
     * The reason why nothing can be written at the moment, in one line; empty while writes work. After the first failed
     * write or sync it remains set until the store was reopened, by itself or by a restart. Does not block.
     */
    Optional<String> failure();

    /** The same for what is stored of one queue: also that another node owns it. Does not block. */
    default Optional<String> failure(long queueNumber) {
        return failure();
    }

    /**
     * How many times what stores this queue was reopened after a failed write; 0 at first, {@link #NOT_OWNED} while
     * another node owns the queue. State read in an earlier generation may lack a batch that turned out to be stored, or
     * include one that was lost. So a writer must have read its state in the current generation: it reads the
     * generation first, then the state. Does not block.
     */
    long generation(long queueNumber);

    /** The same for the catalog. */
    default long catalogGeneration() {
        return generation(0);
    }

    /**
     * Whether this node was certainly the owner of a queue at some time after {@code sinceNanos}, on the clock of {@link
     * System#nanoTime}. A reply that changes nothing rests on that. Does not block; a store of a single node is always
     * the owner.
     */
    default boolean isConfirmed(long queueNumber, long sinceNanos) {
        return true;
    }

    /** Completes when {@link #isConfirmed} is true; fails if this node is not the owner. */
    default CompletionStage<Void> confirm(long queueNumber, long sinceNanos) {
        return CompletableFuture.completedStage(null);
    }

    /**
     * Whether queues may be stored apart, by different nodes: then a batch cannot move a message from one queue to
     * another, and dead letters are moved in steps.
     */
    default boolean storesQueuesApart() {
        return false;
    }

    /** Usable bytes of the underlying file system; {@link Long#MAX_VALUE} if this does not apply. */
    long freeBytes();

    /**
     * What the engine does at the moment; empty if it has no such figures, or while it is being reopened. May block
     * for milliseconds.
     */
    default Optional<StoreFigures> figures() {
        return Optional.empty();
    }

    /**
     * Returns the space of deleted messages to the file system, if they made up a considerable part of the stored data.
     * Used when space is low. Blocks; ends early when the store is closed. Throws a {@link StoreException} on failure.
     */
    default void reclaimSpace() {}

    /**
     * Copies everything stored so far into a new directory from which a store can be opened. Reads and commits continue
     * at the same time. Blocks. Throws a {@link StoreException} on failure.
     */
    void copyTo(Path directory);

    /** Stores all pending batches, then closes. Further calls fail. Blocks. */
    @Override
    void close();
}
