package dev.sluice.store;

/** How queues are divided into shards. Stateless. */
public final class Shards {
    private Shards() {}

    /**
     * The shard of a queue. Never changes, because what is stored of a queue is in its shard.
     *
     * @param shards the number of shards, from 1
     * @return from 0 to {@code shards - 1}
     */
    public static int of(long queueNumber, int shards) {
        return shards == 1 ? 0 : (int) Long.remainderUnsigned(mix(queueNumber), shards);
    }

    /** Queue numbers are consecutive; the finalizer of MurmurHash3 spreads them. */
    private static long mix(long number) {
        long mixed = number;
        mixed = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }
}
