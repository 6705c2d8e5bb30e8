package dev.sluice.store;

import dev.sluice.queue.QueueHead;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A store that several nodes share. Its queues are divided into shards, each of which one node owns at a time; the
 * catalog is a shard of its own, which every node follows. A node owns, follows or ignores a shard as the placement of
 * shards asks it to. Whether it may serve the queues of a shard is decided by the log of the shard alone.
 *
 * <p>Reads of a queue fail on a node that does not own its shard; the catalog can be read on every node. All methods
 * are safe for use from several threads and return at once, except {@link #close}.
 */
public interface ShardedStore extends QueueStore {
    /** The number of the catalog's shard. */
    int CATALOG = StoreBatch.CATALOG;

    @Override
    default boolean storesQueuesApart() {
        return true;
    }

    /** The number of shards without the catalog; fixed when the cluster is made. */
    int shards();

    /** The shard of a queue. */
    default int shardOf(long queueNumber) {
        return Shards.of(queueNumber, shards());
    }

    /** Sets the listener, once and before the first {@link #own} or {@link #follow}. */
    void listen(ShardListener listener);

    /**
     * Follows the log of a shard and claims it. Repeated inside until the shard is gained, is given up, another node has
     * claimed it meanwhile, or its log cannot be used. In the last two cases nothing is claimed again before the next
     * call.
     */
    void own(int shard);

    /**
     * Stores what waits, for a limited time, and ends the ownership. Then this node goes on following the shard.
     * Completes when nothing more of this node can be acknowledged; at once if the shard is not owned.
     */
    CompletionStage<Void> giveUp(int shard);

    /** Keeps a copy up to date, without a claim. */
    void follow(int shard);

    /** Neither owns nor follows the shard any more. Its copy stays on the disk. */
    void unfollow(int shard);

    /** Whether this node owns the shard, as far as it knows. */
    boolean owns(int shard);

    /** The heads of the queues of a shard, which this node must own. */
    CompletionStage<Map<Long, QueueHead>> heads(int shard);

    /** How the shard is at the moment. */
    ShardStatus status(int shard);

    /** The offset of the last record of the catalog's log that the copy of this node holds; -1 before the first. */
    long catalogOffset();

    /**
     * Brings the copy of the catalog to an end of its log that is asked for after this call. Callers share a
     * catch-up that has not begun, never one that has.
     *
     * @return completes with the offset that the copy has reached; fails if Kafka does not respond in time
     */
    CompletionStage<Long> catchUpCatalog();

    /** See {@link QueueStore#isConfirmed}; also for the catalog. */
    boolean isShardConfirmed(int shard, long sinceNanos);

    /** See {@link QueueStore#confirm}; also for the catalog. */
    CompletionStage<Void> confirmShard(int shard, long sinceNanos);

    @Override
    default boolean isConfirmed(long queueNumber, long sinceNanos) {
        return isShardConfirmed(shardOf(queueNumber), sinceNanos);
    }

    @Override
    default CompletionStage<Void> confirm(long queueNumber, long sinceNanos) {
        return confirmShard(shardOf(queueNumber), sinceNanos);
    }
}
