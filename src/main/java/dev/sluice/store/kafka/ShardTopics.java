package dev.sluice.store.kafka;

import dev.sluice.store.ShardedStore;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partition is the log of which shard.
 *
 * @param log topic of the shards with messages, one partition for each
 * @param catalog topic of the catalog, with one partition
 * @param count shards with messages
 */
record ShardTopics(String log, String catalog, int count) {
    int shardOf(TopicPartition partition) {
        return partition.topic().equals(catalog) ? ShardedStore.CATALOG : partition.partition();
    }

    TopicPartition partitionOf(int shard) {
        return shard == ShardedStore.CATALOG ? new TopicPartition(catalog, 0) : new TopicPartition(log, shard);
    }

    /** All shards, the catalog first. */
    List<Integer> shards() {
        return IntStream.range(ShardedStore.CATALOG, count).boxed().toList();
    }
}
