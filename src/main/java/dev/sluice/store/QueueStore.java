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
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Where queues live. One store holds all queues of an installation, because one log means one stream of syncs that all
 * of them share. Safe for use from several threads.
 *
 * <p>{@link #commit} is the only way anything changes and the only durability point. Reads see what was committed before
 * they began; they run on the store's own bounded pool (or at once, if they cannot block) and complete their stage on any
 * thread. A failed read or commit carries a {@link StoreException}.
 */
public interface QueueStore extends AutoCloseable {
    /**
     * Stores a batch as one atomic step and tells the listener. Batches are stored in the order of the calls; waiting
     * batches are gathered into one write with one sync if any of them is {@linkplain StoreBatch#durable() durable}. The batch
     * belongs to the store from here on.
     *
     * <p>After a failed batch all batches of its generation fail; a batch of another {@link #generation} than the present one is
     * refused. So nothing is ever stored on top of a batch that may not be there.
     */
    void commit(StoreBatch batch, CommitListener listener);

    /** Bytes handed to {@link #commit} and not yet stored: what admission looks at. */
    long bytesWaiting();

    /** Head, leases and departed markers of a queue; {@link QueueImage#NEW} if it was never written. */
    CompletionStage<QueueImage> load(long queueNumber);

    /** The heads of all queues that were ever written, by queue number; for waking passive queues at their deadlines. */
    CompletionStage<Map<Long, QueueHead>> heads();

    /**
     * Stored messages published without delay, in order of seq, from {@code fromSeq} on, with their content: {@code limit} at most,
     * and none after those whose bodies come to {@link QueueReads#ARRIVALS_BYTES_MAX}.
     *
     * <p>Never-delivered ones if {@code fromSeq} is at or beyond the head's {@code arrivalsFromSeq}.
     */
    CompletionStage<Arrivals> readArrivals(long queueNumber, long fromSeq, int limit);

    /** Waiting messages in order of (available at, seq), from that pair on. */
    CompletionStage<List<ScheduledMessage>> readSchedule(long queueNumber, long fromMillis, long fromSeq, int limit);

    /** Waiting messages in order of seq, from {@code fromSeq} on. */
    CompletionStage<List<ScheduledMessage>> readWaiting(long queueNumber, long fromSeq, int limit);

    /** Messages with an inherited timestamp in order of (timestamp, seq), from that pair on. */
    CompletionStage<List<MessageHeader>> readOriginalTimestamps(
            long queueNumber, long fromMillis, long fromSeq, int limit);

    /** Looks single messages up by seq; those that are not stored are left out. */
    CompletionStage<List<LookupResult>> find(long queueNumber, long[] seqs);

    /** The contents of these messages, in their order; messages that are gone are left out. */
    CompletionStage<List<StoredMessage>> readContents(long queueNumber, List<MessageHeader> headers);

    /**
     * Shows the whole catalog, sorted by key, record by record, so that it is never in memory a second time.
     *
     * @param each called for one record after the other by the thread that reads, before the stage completes; what it throws fails the stage
     */
    CompletionStage<Void> readCatalog(Consumer<CatalogRecord> each);

    /**
     * Why nothing can be written at the moment, in one line; empty as long as it can. After the first failed write or sync that stays
     * so until the store has been opened again, by itself or by whoever runs it. Does not block.
     */
    Optional<String> failure();

    /**
     * How often the store was opened again in place, after a failed write; 0 at first. What memory holds of an earlier generation may
     * lack a batch that was found after all, or have one that was lost: whoever wants to write must have read in this one, so it
     * notes the generation first, then reads. Does not block.
     */
    long generation();

    /** Free bytes of the file system below, {@link Long#MAX_VALUE} if that means nothing here. */
    long freeBytes();

    /**
     * Gives the space of deleted messages back to the file system if that is worth its work, which it is when they were a good part of what is
     * there. For when space is low. Blocks, and ends early when the store is closed. Throws a {@link StoreException} if it cannot.
     */
    default void reclaimSpace() {}

    /**
     * Makes a copy of everything stored so far in a directory that does not exist, from which a store can be opened; work goes on
     * meanwhile. Blocks. Throws a {@link StoreException} if it cannot.
     */
    void copyTo(Path directory);

    /** Stores what waits, then closes. Further calls fail. Blocks. */
    @Override
    void close();
}
