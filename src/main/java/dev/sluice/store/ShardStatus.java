package dev.sluice.store;

/**
 * How a shard of a node is, for metrics and for the placement of shards.
 *
 * @param epoch the ownership epoch that the copy has seen last; 0 before the first claim
 * @param ownerNode the node that has claimed the shard last, as far as the copy knows; empty before that
 * @param appliedOffset the last record of the log that the copy holds; -1 before the first
 * @param lag records that the copy lacks, when the end of the log was last asked for
 * @param groups groups that this node has stored as the owner
 * @param voidRecords records that did not count and were read by this node
 * @param takeoverNanos how long the last claim took, from the request to the ownership; 0 before the first
 * @param snapshotAgeSeconds since this node wrote its last snapshot; -1 if it wrote none since its start
 */
public record ShardStatus(
        ShardRole role,
        long epoch,
        String ownerNode,
        long appliedOffset,
        long lag,
        long groups,
        long voidRecords,
        long takeoverNanos,
        long snapshotAgeSeconds) {
    /** The same with the age of the last snapshot. */
    public ShardStatus withSnapshotAgeSeconds(long seconds) {
        return new ShardStatus(role, epoch, ownerNode, appliedOffset, lag, groups, voidRecords, takeoverNanos, seconds);
    }

    /** A shard that this node has nothing to do with. */
    public static final ShardStatus NONE = new ShardStatus(ShardRole.NONE, 0, "", -1, 0, 0, 0, 0, -1);
}
