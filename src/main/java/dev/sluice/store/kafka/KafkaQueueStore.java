package dev.sluice.store.kafka;

import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueImage;
import dev.sluice.store.CommitListener;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.QueueReads;
import dev.sluice.store.ShardListener;
import dev.sluice.store.ShardStatus;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogPosition;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import dev.sluice.store.log.SnapshotIndex;
import dev.sluice.store.rocksdb.BatchRecords;
import dev.sluice.store.rocksdb.LogCopy;
import dev.sluice.store.rocksdb.SharedDatabaseMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store whose batches are records of logs in Kafka: one for each shard, and one for the catalog. A batch is stored when
 * the in-sync replicas have its record; reads come from a copy on the local disk, which is made again from the log when
 * it is lost.
 *
 * <p>Threads: one for each shard ({@link ShardReplica}), which also notifies the listeners; two readers of all copies;
 * those of Kafka's clients and of RocksDB.
 */
public final class KafkaQueueStore implements ShardedStore {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaQueueStore.class);

    /** The bytes of a change that one record of the log can hold. */
    public static final int BATCH_BYTES_MAX =
            ClientProperties.RECORD_BYTES_MAX - ClientProperties.RECORD_OVERHEAD_BYTES;

    /** What a directory with the store of a single node has. */
    private static final String SINGLE_NODE = "SLUICE";

    private final KafkaOptions options;
    private final LogIdentity identity;
    private final SharedDatabaseMemory memory;
    private final UUID owner = UUID.randomUUID();
    private final ShardReplica catalog;
    private final List<ShardReplica> replicas = new ArrayList<>();
    private final SnapshotThread snapshots;
    private volatile ShardListener listener = ShardListener.NONE;
    private volatile boolean ownsAll;
    private volatile boolean closed;

    private KafkaQueueStore(KafkaOptions options, LogIdentity identity, CommitMeter meter) {
        this.options = options;
        this.identity = identity;
        this.memory = new SharedDatabaseMemory(options.directory(), options.shards() + 1);
        this.catalog = replica(CATALOG, meter);
        for (int shard = 0; shard < options.shards(); shard++) {
            replicas.add(replica(shard, meter));
        }
        List<SnapshotThread.SnapshotSource> sources = new ArrayList<>();
        for (int shard = CATALOG; shard < options.shards(); shard++) {
            sources.add(new SnapshotThread.SnapshotSource(of(shard), snapshotsOf(shard)));
        }
        this.snapshots = new SnapshotThread(sources, options.snapshotLogBytes());
    }

    /**
     * Connects to Kafka and brings the copy of the catalog up to date. Makes the topics and the directory if they do not
     * exist. Claims nothing. Blocks for as long as reading the catalog takes.
     *
     * @throws StoreException with one line for the operator: Kafka cannot be reached or refuses the credentials, a topic
     * has a setting that could lose messages, or it is not the one that the directory has copies of
     */
    public static KafkaQueueStore open(KafkaOptions options, CommitMeter meter) {
        if (Files.exists(options.directory().resolve(SINGLE_NODE))) {
            throw new StoreException("data directory " + options.directory()
                    + " holds the store of a single node, which cannot be moved into Kafka yet; "
                    + "set storage.directory to another one");
        }
        KafkaQueueStore store = new KafkaQueueStore(options, ClusterTopics.require(options), meter);
        try {
            store.catalog.follow();
            join(store.catalog.catchUp());
            return store;
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    /** Like {@link #open}, and claims all shards: for a node that shares them with no other. */
    public static KafkaQueueStore openAndOwn(KafkaOptions options, CommitMeter meter) {
        KafkaQueueStore store = open(options, meter);
        try {
            List<CompletableFuture<Void>> owned = new ArrayList<>();
            owned.add(store.catalog.own());
            store.replicas.forEach(replica -> owned.add(replica.own()));
            owned.forEach(KafkaQueueStore::join);
            store.ownsAll = true;
            return store;
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof StoreException expected) {
                throw expected;
            }
            throw new StoreException("the log cannot be used: " + failed.getCause(), failed.getCause());
        }
    }

    private ShardReplica replica(int shard, CommitMeter meter) {
        LogIdentity log = identity.ofShard(shard);
        Path directory = options.copy(shard);
        return new ShardReplica(
                new ReplicaConfig(shard, log, directory.toString(), options.node(), owner, BATCH_BYTES_MAX),
                () -> new KafkaShardLog(options, options.log(shard)),
                opened -> openCopy(opened, directory, log),
                meter,
                new ForwardingListener());
    }

    private ShardSnapshots snapshotsOf(int shard) {
        return new ShardSnapshots(options, identity.ofShard(shard));
    }

    /**
     * Opens a copy that the log continues. One that is damaged, or that was away for so long that the log was trimmed
     * beyond it, is made again, if log and snapshots have everything.
     */
    private LogCopy openCopy(ShardLog log, Path directory, LogIdentity wanted) {
        LogCopy copy;
        try {
            copy = LogCopy.open(directory, wanted, memory);
        } catch (StoreCorruptException damaged) {
            if (log.startOffset() > 0 && snapshotFor(log, wanted).isEmpty()) {
                throw new LogUnusableException("the copy in " + directory + " is damaged, the log does not have "
                        + "all records any more, and there is no snapshot: " + damaged.getMessage());
            }
            LOG.warn("The copy in {} is made again from the log: {}", directory, damaged.getMessage());
            LogCopy.delete(directory);
            copy = LogCopy.open(directory, wanted, memory);
        }
        try {
            return isContinued(copy, log) ? copy : replaced(copy, log, directory, wanted);
        } catch (RuntimeException | Error failure) {
            copy.close();
            throw failure;
        }
    }

    private static boolean isContinued(LogCopy copy, ShardLog log) {
        long start = log.startOffset();
        return copy.position().offset() >= start || start == 0;
    }

    private Optional<SnapshotIndex.StoredSnapshot> snapshotFor(ShardLog log, LogIdentity wanted) {
        return snapshotsOf(wanted.shard()).counting(log.startOffset()).stream().findFirst();
    }

    /** Without a snapshot the copy stays as it is, and the shard is refused. */
    private LogCopy replaced(LogCopy copy, ShardLog log, Path directory, LogIdentity wanted) {
        Optional<SnapshotIndex.StoredSnapshot> snapshot = snapshotFor(log, wanted);
        LogPosition position = copy.position();
        boolean isNew = position.historyId().equals(LogPosition.NO_HISTORY);
        if (snapshot.isEmpty()
                || !isNew && !snapshot.get().manifest().position().historyId().equals(position.historyId())) {
            return copy;
        }
        if (!isNew) {
            LOG.info("The copy in {} is older than the log and is loaded again", directory);
        }
        copy.close();
        LogCopy.delete(directory);
        LogCopy fresh = LogCopy.open(directory, wanted, memory);
        try {
            snapshotsOf(wanted.shard()).load(fresh, snapshot.get());
            return fresh;
        } catch (RuntimeException | Error failure) {
            fresh.close();
            throw failure;
        }
    }

    private ShardReplica of(int shard) {
        return shard == CATALOG ? catalog : replicas.get(shard);
    }

    private ShardReplica ofQueue(long queueNumber) {
        return replicas.get(shardOf(queueNumber));
    }

    @Override
    public int shards() {
        return options.shards();
    }

    @Override
    public void listen(ShardListener shardListener) {
        listener = shardListener;
    }

    @Override
    public void own(int shard) {
        CompletableFuture<Void> unused = of(shard).own();
    }

    @Override
    public CompletionStage<Void> giveUp(int shard) {
        return of(shard).giveUp();
    }

    @Override
    public void follow(int shard) {
        of(shard).follow();
    }

    @Override
    public void unfollow(int shard) {
        of(shard).unfollow();
    }

    @Override
    public boolean owns(int shard) {
        return of(shard).isOwner();
    }

    @Override
    public ShardStatus status(int shard) {
        ShardReplica replica = of(shard);
        return replica.status().withSnapshotAgeSeconds(snapshots.ageSeconds(replica));
    }

    @Override
    public long catalogOffset() {
        return catalog.appliedOffset();
    }

    @Override
    public CompletionStage<Long> catchUpCatalog() {
        return catalog.catchUp();
    }

    @Override
    public boolean isShardConfirmed(int shard, long sinceNanos) {
        return of(shard).isConfirmed(sinceNanos);
    }

    @Override
    public CompletionStage<Void> confirmShard(int shard, long sinceNanos) {
        return of(shard).confirm(sinceNanos);
    }

    @Override
    public StoreBatch newBatch(long batchGeneration, int capacityBytes) {
        return new StoreBatch(new BatchRecords(capacityBytes), batchGeneration, shards());
    }

    @Override
    public void commit(StoreBatch batch, CommitListener committed) {
        if (!(batch.records() instanceof BatchRecords)) {
            throw new IllegalArgumentException("the batch was made for another kind of store");
        }
        switch (batch.shard()) {
            case StoreBatch.MIXED -> throw new IllegalArgumentException("the batch changes more than one shard");
            case StoreBatch.UNTOUCHED -> committed.committed(closed ? new StoreException("the store is closed") : null);
            default -> of(batch.shard()).commit(batch, committed);
        }
    }

    @Override
    public long bytesWaiting() {
        long bytes = catalog.bytesWaiting();
        for (ShardReplica replica : replicas) {
            bytes += replica.bytesWaiting();
        }
        return bytes;
    }

    @Override
    public long bytesWaiting(long queueNumber) {
        return ofQueue(queueNumber).bytesWaiting();
    }

    @Override
    public <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read) {
        return ofQueue(queueNumber).read(read, false);
    }

    @Override
    public CompletionStage<QueueImage> load(long queueNumber) {
        return read(queueNumber, snapshot -> QueueReads.loadWithMove(snapshot, queueNumber));
    }

    @Override
    public <T> CompletionStage<T> readCatalogSnapshot(Function<StoreSnapshot, T> read) {
        return catalog.read(read, true);
    }

    @Override
    public CompletionStage<Map<Long, QueueHead>> heads(int shard) {
        return of(shard).read(QueueReads::heads, false);
    }

    @Override
    public CompletionStage<Map<Long, QueueHead>> heads() {
        CompletionStage<Map<Long, QueueHead>> all = CompletableFuture.completedStage(new LinkedHashMap<>());
        for (ShardReplica replica : replicas) {
            if (replica.isOwner()) {
                all = all.thenCombine(replica.read(QueueReads::heads, false), (before, more) -> {
                    before.putAll(more);
                    return before;
                });
            }
        }
        return all;
    }

    @Override
    public Optional<String> failure(long queueNumber) {
        return ofQueue(queueNumber).failure();
    }

    /** Why the node cannot serve: a shard without an owner is no failure, unless this node is to own all. */
    @Override
    public Optional<String> failure() {
        if (!ownsAll) {
            return catalog.copy().isPresent() ? Optional.empty() : catalog.failure();
        }
        Optional<String> failure = catalog.failure();
        for (ShardReplica replica : replicas) {
            failure = failure.or(replica::failure);
        }
        return failure;
    }

    @Override
    public long generation(long queueNumber) {
        return ofQueue(queueNumber).generation();
    }

    @Override
    public long catalogGeneration() {
        return catalog.generation();
    }

    @Override
    public long freeBytes() {
        return memory.freeBytes();
    }

    @Override
    public void copyTo(Path directory) {
        throw new StoreException(
                "a backup with storage.engine kafka is not possible yet; the log in Kafka has everything");
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        // All at once: each may wait for Kafka.
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        snapshots.end();
        replicas.forEach(replica -> ended.add(replica.closeAsync()));
        ended.add(catalog.closeAsync());
        ended.forEach(CompletableFuture::join);
        snapshots.close();
        memory.close();
    }

    /** The listener is set after the replicas were made. */
    private final class ForwardingListener implements ShardListener {
        @Override
        public void gained(int shard, long epoch) {
            listener.gained(shard, epoch);
        }

        @Override
        public void lost(int shard, String reason) {
            listener.lost(shard, reason);
        }

        @Override
        public void catalogAdvanced(long offset) {
            listener.catalogAdvanced(offset);
        }
    }
}
