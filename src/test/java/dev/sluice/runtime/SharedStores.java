package dev.sluice.runtime;

import dev.sluice.queue.QueueHead;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.CommitListener;
import dev.sluice.store.QueueReads;
import dev.sluice.store.ShardListener;
import dev.sluice.store.ShardRole;
import dev.sluice.store.ShardStatus;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.memory.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Stores of several nodes over the same records in memory. Who owns a shard is what a test says. A store that does not
 * own a shard refuses its batches and reads, as one of Kafka does.
 */
public final class SharedStores {
    private static final int SHARDS = 4;

    private final MemoryStore records = new MemoryStore();
    private final Map<Integer, NodeStore> owners = new HashMap<>();
    private final List<NodeStore> nodes = new ArrayList<>();
    private long catalogOffset = -1;

    /** The store of another node. */
    public NodeStore newNode() {
        NodeStore node = new NodeStore();
        nodes.add(node);
        return node;
    }

    /** Gives a shard to a node; the former owner loses it first. */
    public void give(int shard, NodeStore node) {
        NodeStore before;
        synchronized (this) {
            before = owners.put(shard, node);
        }
        if (before != null && before != node) {
            before.listener.lost(shard, "the test says so");
        }
        node.listener.gained(shard, 1);
    }

    /** Gives all shards and the catalog to a node. */
    public void giveAll(NodeStore node) {
        for (int shard = ShardedStore.CATALOG; shard < SHARDS; shard++) {
            give(shard, node);
        }
    }

    /** What one node sees. */
    public final class NodeStore implements ShardedStore {
        private volatile ShardListener listener = ShardListener.NONE;
        /** Whether {@link #catalogOffset} shows what others have changed. */
        private volatile boolean follows = true;

        private volatile long frozenOffset = -1;

        /** Keeps the copy of the catalog as it is until the next {@link #catchUpCatalog}. */
        public void stopFollowing() {
            frozenOffset = catalogOffset();
            follows = false;
        }

        @Override
        public int shards() {
            return SHARDS;
        }

        @Override
        public void listen(ShardListener toListen) {
            listener = toListen;
        }

        @Override
        public void own(int shard) {}

        @Override
        public CompletionStage<Void> giveUp(int shard) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void follow(int shard) {}

        @Override
        public void unfollow(int shard) {}

        @Override
        public boolean owns(int shard) {
            synchronized (SharedStores.this) {
                return owners.get(shard) == this;
            }
        }

        @Override
        public CompletionStage<Map<Long, QueueHead>> heads(int shard) {
            return records.read(0, QueueReads::heads).thenApply(heads -> {
                Map<Long, QueueHead> own = new HashMap<>(heads);
                own.keySet().removeIf(number -> shardOf(number) != shard);
                return own;
            });
        }

        @Override
        public ShardStatus status(int shard) {
            return new ShardStatus(owns(shard) ? ShardRole.OWNER : ShardRole.NONE, 1, "", 0, 0, 0, 0, 0, -1);
        }

        @Override
        public long catalogOffset() {
            synchronized (SharedStores.this) {
                return follows ? catalogOffset : frozenOffset;
            }
        }

        @Override
        public CompletionStage<Long> catchUpCatalog() {
            follows = true;
            return CompletableFuture.completedStage(catalogOffset());
        }

        @Override
        public boolean isShardConfirmed(int shard, long sinceNanos) {
            return owns(shard);
        }

        @Override
        public CompletionStage<Void> confirmShard(int shard, long sinceNanos) {
            return owns(shard)
                    ? CompletableFuture.completedStage(null)
                    : CompletableFuture.failedStage(new StoreException("not owned"));
        }

        @Override
        public StoreBatch newBatch(long generation, int capacityBytes) {
            return new StoreBatch(records.newBatch(generation, capacityBytes).records(), generation, SHARDS);
        }

        @Override
        public void commit(StoreBatch batch, CommitListener toNotify) {
            int shard = batch.shard();
            if (!owns(shard)) {
                toNotify.committed(new StoreException("not owned"));
                return;
            }
            records.commit(batch, failure -> {
                long offset = -1;
                if (failure == null && shard == CATALOG) {
                    synchronized (SharedStores.this) {
                        offset = ++catalogOffset;
                    }
                }
                toNotify.committed(failure);
                if (offset >= 0) {
                    long advanced = offset;
                    nodes.stream()
                            .filter(node -> node != this && node.follows)
                            .forEach(node -> node.listener.catalogAdvanced(advanced));
                }
            });
        }

        @Override
        public long bytesWaiting() {
            return 0;
        }

        @Override
        public <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read) {
            return owns(shardOf(queueNumber))
                    ? records.read(queueNumber, read)
                    : CompletableFuture.failedStage(new StoreException("not owned"));
        }

        @Override
        public <T> CompletionStage<T> readCatalogSnapshot(Function<StoreSnapshot, T> read) {
            return records.readCatalogSnapshot(read);
        }

        @Override
        public CompletionStage<Void> readCatalog(Consumer<CatalogRecord> each) {
            return follows ? records.readCatalog(each) : CompletableFuture.completedStage(null);
        }

        @Override
        public Optional<String> failure() {
            return Optional.empty();
        }

        @Override
        public Optional<String> failure(long queueNumber) {
            return owns(shardOf(queueNumber)) ? Optional.empty() : Optional.of("another node owns the queue");
        }

        @Override
        public long generation(long queueNumber) {
            return owns(shardOf(queueNumber)) ? 0 : NOT_OWNED;
        }

        @Override
        public long catalogGeneration() {
            return owns(CATALOG) ? 0 : NOT_OWNED;
        }

        @Override
        public long freeBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public void copyTo(Path directory) {
            throw new StoreException("no copy");
        }

        @Override
        public void close() {}
    }
}
