package dev.sluice.store.kafka;

import java.util.Map;
import java.util.Set;

/** What the group of nodes tells a member. All methods are called on the thread of the group. */
public interface ShardGroupListener {
    /**
     * The plan that holds from now on.
     *
     * @param owned shards that this node is to own
     * @param standbys shards that it is to follow
     * @param routes the internal address of the node that serves a shard, by shard
     */
    void assigned(Set<Integer> owned, Set<Integer> standbys, Map<Integer, String> routes);

    /** Shards that another node is to own next. Gives them up; may block for seconds. */
    void revoked(Set<Integer> shards);

    /** The group has excluded this node, and others may own these shards already. Must not block. */
    void lost(Set<Integer> shards);
}
