package dev.sluice.store;

import java.util.Collection;
import java.util.List;

/** Decides which member of a group is to own which shard. Pure: equal arguments give equal plans. */
@FunctionalInterface
public interface ShardPlanner {
    /**
     * Makes a plan.
     *
     * @param members all members of the group, at least one, in any order
     * @param shards the numbers of all shards
     */
    ShardPlan plan(Collection<ShardMember> members, List<Integer> shards);
}
