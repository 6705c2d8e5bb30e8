package dev.sluice.store;

/** What a node does with a shard. */
public enum ShardRole {
    /** It serves the queues of the shard. */
    OWNER,
    /** It tries to become the owner. */
    CLAIMING,
    /** It follows the log of the shard with a copy, to take it over quickly. */
    STANDBY,
    /** It has nothing to do with it. */
    NONE
}
