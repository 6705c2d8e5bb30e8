package dev.sluice.store.kafka;

import dev.sluice.store.ShardedStore;
import dev.sluice.store.log.LogIdentity;
import java.util.UUID;

/**
 * What is fixed of a shard on a node.
 *
 * @param shard its number
 * @param identity its log
 * @param directory where its copy is, for messages
 * @param node name of this node, for messages of others
 * @param owner drawn once per process
 * @param recordBytesMax limit of the log for one record
 */
record ReplicaConfig(int shard, LogIdentity identity, String directory, String node, UUID owner, int recordBytesMax) {
    boolean isCatalog() {
        return shard == ShardedStore.CATALOG;
    }

    /** How messages name the shard. */
    String name() {
        return isCatalog() ? "the catalog" : "shard " + shard;
    }
}
