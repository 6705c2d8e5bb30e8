package dev.sluice.runtime.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A histogram whose bucket bounds double. Adding a value costs two additions and never allocates. */
public final class BucketCounter {
    private final long firstBound;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    private BucketCounter(long firstBound, int bounds) {
        this.firstBound = firstBound;
        this.counts = new LongAdder[bounds + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /**
     * Creates buckets up to {@code firstBound}, twice that, and so on. The last bucket has no bound.
     *
     * @param bounds number of buckets with a bound
     */
    public static BucketCounter doubling(long firstBound, int bounds) {
        return new BucketCounter(firstBound, bounds);
    }

    /** Adds a value, 0 or more. */
    public void add(long value) {
        counts[bucketOf(value)].increment();
        sum.add(value);
    }

    private int bucketOf(long value) {
        if (value <= firstBound) {
            return 0;
        }
        int doublings = 64 - Long.numberOfLeadingZeros((value - 1) / firstBound);
        return Math.min(doublings, counts.length - 1);
    }

    /** The sum of the values. */
    public long sum() {
        return sum.sum();
    }

    /** The inclusive bounds. */
    public long[] bounds() {
        long[] bounds = new long[counts.length - 1];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = firstBound << i;
        }
        return bounds;
    }

    /** Values per bucket, not cumulative. One element more than there are bounds. */
    public long[] counts() {
        long[] snapshot = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            snapshot[i] = counts[i].sum();
        }
        return snapshot;
    }
}
