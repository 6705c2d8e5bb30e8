package dev.sluice.store.rocksdb;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.rocksdb.RateLimiter;
import org.rocksdb.RateLimiterMode;

/**
 * Limits the rate of RocksDB's flushes and compactions: in bursts of less than a millisecond, and no faster than the
 * incoming writes and the compaction debt require.
 *
 * <p>A low thread priority is not enough. When cores are shared, a current Linux kernel lets a thread run for a time
 * slice of up to 4 ms whatever its priority, and threads that wake up in that time wait. So the background work must
 * pause by itself well before its time slice ends. {@code docs/decisions/compaction-rate-limiting.md} has the
 * measurements.
 *
 * <p>There is no limit before the first {@link #update}, so that opening the database is not slowed down.
 */
final class CompactionRateController implements AutoCloseable {
    private static final long MIB = 1024 * 1024;
    /** The minimum rate. Rates count bytes read plus bytes written. */
    static final long BYTES_PER_SECOND_MIN = 32 * MIB;
    /** The maximum rate, above the speed of any disk: no limit. */
    static final long BYTES_PER_SECOND_MAX = 4096 * MIB;
    /**
     * Approximate bytes read and written per incoming byte. If the real factor is higher, the growing debt raises the
     * rate.
     */
    private static final long AMPLIFICATION = 4;
    /** At this input rate a write that waits for a compaction costs more than a time slice that is too long. */
    private static final long BUSY_BYTES_PER_SECOND = 64 * MIB;
    /**
     * The rate doubles with each additional debt of this size. RocksDB estimates the debt, including the overlapping
     * tables.
     */
    private static final long DEBT_BYTES_PER_DOUBLING = 512 * MIB;

    private static final long BURST_MICROS = 1_000;
    private static final int FAIRNESS = 10;
    private static final long UPDATE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RateLimiter limiter =
            new RateLimiter(BYTES_PER_SECOND_MAX, BURST_MICROS, FAIRNESS, RateLimiterMode.ALL_IO, false);
    private final AtomicInteger unthrottledTasks = new AtomicInteger();
    private long updatedAtNanos;
    private long writtenBytes;

    /** The pending background work. Queried a few times per second. */
    interface CompactionDebt {
        /**
         * For each column family the number of full memtables that are not yet flushed, including one that is being
         * flushed.
         */
        LongStream fullMemtables();

        /** Estimated bytes that pending compactions have to process. */
        long pendingCompactionBytes();
    }

    /**
     * Creates a controller without a limit.
     *
     * @param nowNanos time of a monotonic clock, as in {@link #update}
     */
    CompactionRateController(long nowNanos) {
        updatedAtNanos = nowNanos;
    }

    /** The rate limiter for the options of the database. */
    RateLimiter limiter() {
        return limiter;
    }

    /**
     * Reports bytes that are about to be written and adjusts the rate at most ten times per second. Called by the
     * writer thread.
     */
    void update(long nowNanos, long bytes, CompactionDebt debt) {
        writtenBytes += bytes;
        long elapsedNanos = nowNanos - updatedAtNanos;
        if (elapsedNanos < UPDATE_INTERVAL_NANOS) {
            return;
        }
        double bytesPerSecond = writtenBytes * (double) TimeUnit.SECONDS.toNanos(1) / elapsedNanos;
        updatedAtNanos = nowNanos;
        writtenBytes = 0;
        limiter.setBytesPerSecond(
                unthrottledTasks.get() > 0 ? BYTES_PER_SECOND_MAX : targetBytesPerSecond(bytesPerSecond, debt));
    }

    private static long targetBytesPerSecond(double bytesPerSecond, CompactionDebt debt) {
        if (bytesPerSecond >= BUSY_BYTES_PER_SECOND || debt.fullMemtables().anyMatch(count -> count > 1)) {
            return BYTES_PER_SECOND_MAX;
        }
        double doublings = (double) debt.pendingCompactionBytes() / DEBT_BYTES_PER_DOUBLING;
        double target = Math.max(BYTES_PER_SECOND_MIN, AMPLIFICATION * bytesPerSecond) * Math.pow(2, doublings);
        return (long) Math.min(BYTES_PER_SECOND_MAX, target);
    }

    /** Runs a task that a caller waits for, with the limit lifted. Callable from any thread. */
    void unthrottled(Runnable task) {
        unthrottledTasks.incrementAndGet();
        limiter.setBytesPerSecond(BYTES_PER_SECOND_MAX);
        try {
            task.run();
        } finally {
            unthrottledTasks.decrementAndGet();
        }
    }

    @Override
    public void close() {
        limiter.close();
    }
}
