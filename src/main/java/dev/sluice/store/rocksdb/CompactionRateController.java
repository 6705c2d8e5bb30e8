package dev.sluice.store.rocksdb;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.rocksdb.RateLimiter;
import org.rocksdb.RateLimiterMode;

/**
 * How fast RocksDB writes tables out and merges them: in bursts of a fraction of a millisecond, and no faster than what comes in and
 * what waits ask for.
 *
 * <p>A low priority does not keep that work out of the way. On a core that is shared, a Linux of today lets a thread finish its
 * turn of up to 4 ms whatever its priority, and whoever is woken meanwhile waits. So the work has to pause by itself long before
 * its turn is over. {@code docs/decisions/compaction-rate-limiting.md} has the measurements.
 *
 * <p>There is no limit before the first {@link #update}, so that an opening is not held up.
 */
final class CompactionRateController implements AutoCloseable {
    private static final long MIB = 1024 * 1024;
    /** Of what is read and what is written, together. */
    static final long BYTES_PER_SECOND_MIN = 32 * MIB;
    /** More than any disk does: no limit. */
    static final long BYTES_PER_SECOND_MAX = 4096 * MIB;
    /** About what is read and written for each byte that comes in. Should it be more, what waits makes up for it. */
    private static final long AMPLIFICATION = 4;
    /** With that much coming in, a write that has to wait for a merge costs more than a turn that is too long. */
    private static final long BUSY_BYTES_PER_SECOND = 64 * MIB;
    /** The pace doubles with each so many bytes that wait to be merged, by an estimate that counts what lies in their way, too. */
    private static final long WAITING_BYTES_A_DOUBLING = 512 * MIB;

    private static final long BURST_MICROS = 1_000;
    private static final int FAIRNESS = 10;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RateLimiter limiter =
            new RateLimiter(BYTES_PER_SECOND_MAX, BURST_MICROS, FAIRNESS, RateLimiterMode.ALL_IO, false);
    private final AtomicInteger hurries = new AtomicInteger();
    private long lookedNanos;
    private long writtenBytes;

    /** What waits to be done, asked for a few times a second. */
    interface Debt {
        /** For each family its memtables that are full and not yet written out, the one that is just being written among them. */
        LongStream fullMemtables();

        /** Bytes of tables to be merged. */
        long bytesToMerge();
    }

    /**
     * A pace without a limit.
     *
     * @param nowNanos of a clock that only goes forward, here and below
     */
    CompactionRateController(long nowNanos) {
        lookedNanos = nowNanos;
    }

    /** What the database is to be opened with. */
    RateLimiter limiter() {
        return limiter;
    }

    /** So many bytes are about to be written; now and then the pace is set anew. Called by one thread at a time, the writer. */
    void update(long nowNanos, long bytes, Debt debt) {
        writtenBytes += bytes;
        long passedNanos = nowNanos - lookedNanos;
        if (passedNanos < LOOK_NANOS) {
            return;
        }
        double bytesPerSecond = writtenBytes * (double) TimeUnit.SECONDS.toNanos(1) / passedNanos;
        lookedNanos = nowNanos;
        writtenBytes = 0;
        limiter.setBytesPerSecond(hurries.get() > 0 ? BYTES_PER_SECOND_MAX : wanted(bytesPerSecond, debt));
    }

    private static long wanted(double bytesPerSecond, Debt debt) {
        if (bytesPerSecond >= BUSY_BYTES_PER_SECOND || debt.fullMemtables().anyMatch(count -> count > 1)) {
            return BYTES_PER_SECOND_MAX;
        }
        double doublings = (double) debt.bytesToMerge() / WAITING_BYTES_A_DOUBLING;
        double wanted = Math.max(BYTES_PER_SECOND_MIN, AMPLIFICATION * bytesPerSecond) * Math.pow(2, doublings);
        return (long) Math.min(BYTES_PER_SECOND_MAX, wanted);
    }

    /** Does something that somebody waits for, without a limit. Callable from any thread. */
    void unthrottled(Runnable task) {
        hurries.incrementAndGet();
        limiter.setBytesPerSecond(BYTES_PER_SECOND_MAX);
        try {
            task.run();
        } finally {
            hurries.decrementAndGet();
        }
    }

    @Override
    public void close() {
        limiter.close();
    }
}
