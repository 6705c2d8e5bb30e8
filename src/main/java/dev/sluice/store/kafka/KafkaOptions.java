package dev.sluice.store.kafka;

import dev.sluice.store.ShardedStore;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the log is, and who this node is.
 *
 * @param bootstrapServers addresses of brokers, {@code host:port} separated by commas
 * @param client properties of Kafka's clients for encryption and authentication only, see {@link ClientProperties#read}
 * @param topicPrefix beginning of the names of the topics
 * @param shards into how many shards the queues are divided; fixed when the topics are made
 * @param snapshotLogBytes with less log since its last snapshot a shard gets no other one
 * @param node name of this node, for the messages of others
 * @param directory where this node keeps its copies
 */
public record KafkaOptions(
        String bootstrapServers,
        Map<String, String> client,
        String topicPrefix,
        int shards,
        long snapshotLogBytes,
        String node,
        Path directory) {
    /** The shards of a new cluster, unless it is configured. */
    public static final int SHARDS = 24;

    /** When snapshots are taken, unless it is configured. */
    public static final long SNAPSHOT_LOG_BYTES = 256L * 1024 * 1024;

    /** The topic of the shard logs: one partition for each shard. */
    String logTopic() {
        return topicPrefix + "-log";
    }

    /** The topic of the catalog's log: one partition. */
    String catalogTopic() {
        return topicPrefix + "-catalog";
    }

    /** The topic of the snapshots: one partition for each shard, and the last one for the catalog. */
    String snapshotTopic() {
        return topicPrefix + "-snapshots";
    }

    /** Where the log of a shard is. */
    TopicPartition log(int shard) {
        return shard == ShardedStore.CATALOG
                ? new TopicPartition(catalogTopic(), 0)
                : new TopicPartition(logTopic(), shard);
    }

    /** Where the snapshots of a shard are. */
    TopicPartition snapshots(int shard) {
        return new TopicPartition(snapshotTopic(), shard == ShardedStore.CATALOG ? shards : shard);
    }

    /** Where the copy of a shard is. */
    Path copy(int shard) {
        return directory.resolve("shards").resolve(shard == ShardedStore.CATALOG ? "catalog" : String.valueOf(shard));
    }
}
