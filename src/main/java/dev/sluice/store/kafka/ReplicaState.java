package dev.sluice.store.kafka;

import dev.sluice.store.ShardRole;
import dev.sluice.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * What a node may do with a shard.
 *
 * @param generation the number of its claims that succeeded, minus 1
 * @param failure why nothing can be stored, or null
 */
record ReplicaState(ShardRole role, long generation, @Nullable StoreException failure) {}
