package dev.sluice.store.kafka;

import dev.sluice.store.CommitListener;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.rocksdb.BatchRecords;
import dev.sluice.store.rocksdb.LogCopy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store whose batches are records of a log in Kafka. A batch is stored when the in-sync replicas have its record; reads
 * come from a copy on the local disk, which is made again from the log when it is lost. There is one shard, which has
 * all queues, and one node that owns it.
 *
 * <p>Threads: one for the shard ({@link ShardOwner}), which also notifies the listeners; two readers of the copy; those
 * of Kafka's clients and of RocksDB.
 */
public final class KafkaQueueStore implements QueueStore {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaQueueStore.class);

    /** The bytes of a change that one record of the log can hold. */
    public static final int BATCH_BYTES_MAX =
            ClientProperties.RECORD_BYTES_MAX - ClientProperties.RECORD_OVERHEAD_BYTES;

    private static final int SHARD = 0;
    private static final String SHARDS = "shards";
    /** What a directory with the store of a single node has. */
    private static final String SINGLE_NODE = "SLUICE";

    private final KafkaShardLog log;
    private final LogCopy copy;
    private final ShardOwner owner;
    private boolean closed;

    private KafkaQueueStore(KafkaShardLog log, LogCopy copy, ShardOwner owner) {
        this.log = log;
        this.copy = copy;
        this.owner = owner;
    }

    /**
     * Connects to Kafka, brings the copy up to date and claims the log. Makes the topic and the directory if they do not
     * exist. Blocks for as long as reading the log takes.
     *
     * @throws StoreException with one line for the operator: Kafka cannot be reached or refuses the credentials, the
     * topic has a setting that could lose messages, or it is not the log that the directory is a copy of
     */
    public static KafkaQueueStore open(KafkaOptions options, CommitMeter meter) {
        if (Files.exists(options.directory().resolve(SINGLE_NODE))) {
            throw new StoreException("data directory " + options.directory()
                    + " holds the store of a single node, which cannot be moved into Kafka yet; "
                    + "set storage.directory to another one");
        }
        LogIdentity identity = LogTopic.require(options);
        Path directory = options.directory().resolve(SHARDS).resolve(String.valueOf(SHARD));
        KafkaShardLog log = new KafkaShardLog(options, new TopicPartition(options.logTopic(), SHARD));
        @Nullable LogCopy copy = null;
        try {
            copy = openCopy(log, directory, identity);
            ShardOwner owner =
                    new ShardOwner(log, copy, identity, directory.toString(), options.node(), BATCH_BYTES_MAX, meter);
            owner.start();
            return new KafkaQueueStore(log, copy, owner);
        } catch (RuntimeException | Error failure) {
            if (copy != null) {
                copy.close();
            }
            log.close();
            throw failure;
        }
    }

    /** A copy that is damaged is made again, if the log still has everything. */
    private static LogCopy openCopy(KafkaShardLog log, Path directory, LogIdentity identity) {
        try {
            return LogCopy.open(directory, identity);
        } catch (StoreCorruptException damaged) {
            if (log.startOffset() > 0) {
                throw new LogUnusableException("the copy in " + directory + " is damaged, and the log does not have "
                        + "all records any more: " + damaged.getMessage());
            }
            LOG.warn("The copy in {} is damaged and is made again from the log: {}", directory, damaged.getMessage());
            LogCopy.delete(directory);
            return LogCopy.open(directory, identity);
        }
    }

    @Override
    public StoreBatch newBatch(long batchGeneration, int capacityBytes) {
        return new StoreBatch(new BatchRecords(capacityBytes), batchGeneration);
    }

    @Override
    public void commit(StoreBatch batch, CommitListener listener) {
        if (!(batch.records() instanceof BatchRecords)) {
            throw new IllegalArgumentException("the batch was made for another kind of store");
        }
        owner.commit(batch, listener);
    }

    @Override
    public long bytesWaiting() {
        return owner.bytesWaiting();
    }

    /** Fails once another node owns the log: what this node has may be out of date. */
    @Override
    public <T> CompletionStage<T> read(long queueNumber, Function<StoreSnapshot, T> read) {
        Optional<StoreException> ended = owner.ended();
        return ended.isPresent() ? CompletableFuture.failedStage(ended.get()) : copy.read(read);
    }

    @Override
    public Optional<String> failure() {
        return owner.failure();
    }

    @Override
    public long generation(long queueNumber) {
        return owner.generation();
    }

    @Override
    public long freeBytes() {
        return copy.freeBytes();
    }

    @Override
    public void copyTo(Path directory) {
        throw new StoreException(
                "a backup with storage.engine kafka is not possible yet; the log in Kafka has " + "everything");
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        owner.close();
        log.close();
        copy.close();
    }
}
