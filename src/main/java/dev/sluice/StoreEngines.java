package dev.sluice;

import dev.sluice.config.ClusterConfig;
import dev.sluice.config.ServerConfig;
import dev.sluice.config.StorageConfig;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.kafka.ClientProperties;
import dev.sluice.store.kafka.KafkaOptions;
import dev.sluice.store.kafka.KafkaQueueStore;
import dev.sluice.store.memory.MemoryStore;
import dev.sluice.store.rocksdb.RocksDbStore;
import java.util.Map;

/** Makes the store that {@code storage.engine} names. */
final class StoreEngines {
    private StoreEngines() {}

    /** Opens the store of the configured engine. Blocks. */
    static QueueStore open(ServerConfig config, CommitMeter meter) {
        StorageConfig storage = config.storage();
        return switch (storage.engine()) {
            case MEMORY -> new MemoryStore();
            case ROCKSDB ->
                RocksDbStore.open(
                        storage.directory(),
                        storage.durability() == StorageConfig.DurabilityMode.FSYNC
                                ? Durability.FSYNC
                                : Durability.ASYNC,
                        meter);
            case KAFKA -> KafkaQueueStore.open(kafkaOptions(config), meter);
        };
    }

    /** Where the log is, and who this node is. */
    static KafkaOptions kafkaOptions(ServerConfig config) {
        ClusterConfig cluster = config.cluster();
        return new KafkaOptions(
                cluster.bootstrapServers().orElseThrow(),
                cluster.clientProperties().map(ClientProperties::read).orElse(Map.of()),
                cluster.topicPrefix(),
                cluster.shards(),
                cluster.snapshotLogBytes(),
                cluster.node().orElseGet(HostName::get),
                config.storage().directory());
    }
}
