package dev.sluice.store;

/**
 * Learns which shards this node gains and loses. Called on threads of the store, for one shard in order: gained, lost,
 * gained and so on. Must return at once.
 */
public interface ShardListener {
    /**
     * This node owns the shard: its claim is valid, and everything before it is applied. Reads and commits work already.
     *
     * @param epoch of the claim
     */
    void gained(int shard, long epoch);

    /**
     * This node does not own the shard any more: another node has claimed it, it was given up, or its log cannot be
     * used. Everything that waited was refused before.
     */
    void lost(int shard, String reason);

    /**
     * The copy of the catalog has records of another node.
     *
     * @param offset of the last one
     */
    void catalogAdvanced(long offset);

    /** Ignores everything. */
    ShardListener NONE = new ShardListener() {
        @Override
        public void gained(int shard, long epoch) {}

        @Override
        public void lost(int shard, String reason) {}

        @Override
        public void catalogAdvanced(long offset) {}
    };
}
