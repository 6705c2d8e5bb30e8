package dev.sluice.store;

import java.util.List;
import java.util.Map;

/**
 * Who is to own which shard. It is a proposal: a node owns a shard only after its claim in the log was found valid.
 *
 * @param members what each member is to do, by its id
 * @param owners the id of the member that serves a shard, also of one that is about to give it up
 * @param isSettled false if another plan should be made soon, because shards are to be moved
 */
public record ShardPlan(Map<String, MemberShards> members, Map<Integer, String> owners, boolean isSettled) {
    /**
     * The shards of one member.
     *
     * @param owned to claim or to keep
     * @param standbys to follow, without a claim
     */
    public record MemberShards(List<Integer> owned, List<Integer> standbys) {}
}
