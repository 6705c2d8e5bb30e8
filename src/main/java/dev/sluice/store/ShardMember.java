package dev.sluice.store;

import java.util.Map;
import java.util.Set;

/**
 * A node that shares shards with others, as it describes itself to the group.
 *
 * @param id unique in the group while the node is a member
 * @param node its configured name
 * @param zone where its machine is; empty if that is not configured
 * @param address of its internal port, {@code host:port}
 * @param owned the shards that were assigned to it before
 * @param lags for each shard that it has a copy of, how many records the copy is behind
 */
public record ShardMember(
        String id, String node, String zone, String address, Set<Integer> owned, Map<Integer, Long> lags) {}
