package dev.sluice.runtime.clock;

import dev.sluice.queue.Retention;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock for all durations: leases, delays, retention, batch waits. It runs with the monotonic clock, also while the
 * machine is suspended, and continues after a restart. It cannot be set. The difference to the wall clock is known and
 * is used to display times; when the wall clock is set, only this difference changes.
 *
 * <p>Unit: milliseconds, equal to those since the epoch until the wall clock is set for the first time in the life of a
 * store. One instance per process; safe for use from several threads.
 */
public final class ContinuousClock implements Retention {
    private static final Logger LOG = LoggerFactory.getLogger(ContinuousClock.class);
    /** Smaller differences between clocks are reading errors. */
    static final long STEP_MILLIS = 1_000;

    /** Resolution of the boot clock. No lease may end early because of it. */
    static final long BOOT_CLOCK_MILLIS = 10;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final double MILLIS_PER_SECOND = 1_000;

    private final ClockSource source;
    private final long originNanos;
    /** The time at {@link #originNanos}. Only grows once the clock is in use. */
    private volatile long originMillis;

    private volatile long offsetMillis;
    private volatile ClockGap gap = ClockGap.NONE;
    private volatile long events;
    /** Boot clock minus monotonic clock, as far as already added to the time. */
    private long suspendedMillis;

    /** Starts with the time of the wall clock. */
    public ContinuousClock(ClockSource source) {
        this.source = source;
        ClockSource.ClockReading now = source.read();
        originNanos = now.monotonicNanos();
        originMillis = now.wallMillis();
        suspendedMillis = suspendedMillis(now);
    }

    /** A clock with the clocks of this machine. Starts with the time of the wall clock. */
    public static ContinuousClock ofMachine() {
        return new ContinuousClock(new SystemClockSource());
    }

    /**
     * The current time. Never goes back.
     *
     * <p>Also reads the wall clock, which shows at once that the machine was suspended. Without that, a duration that
     * starts before the suspension is added would be too short.
     */
    public long nowMillis() {
        long timeMillis = timeMillis(source.monotonicNanos());
        if (Math.abs(source.wallMillis() - (timeMillis - offsetMillis)) < STEP_MILLIS) {
            return timeMillis;
        }
        compareClocks();
        return timeMillis(source.monotonicNanos());
    }

    /**
     * Converts a time for display: what the wall clock would have read then with its present setting.
     *
     * @param timeMillis of this clock; 0 means never and stays 0
     * @return milliseconds since the epoch
     */
    public long wallMillis(long timeMillis) {
        return timeMillis == 0 ? 0 : timeMillis - offsetMillis;
    }

    @Override
    public long keptUntilMillis(long storedAtMillis, long periodMillis) {
        return gap.expiryMillis(storedAtMillis, storedAtMillis + periodMillis);
    }

    /**
     * Resumes from the stored state of a previous process. Call before the clock is used. If the machine was not
     * restarted since, its boot clock gives the length of the downtime, even if the wall clock was set meanwhile.
     * Otherwise only the wall clock can, and retention waits until it is trusted.
     *
     * @param saved state that the previous process stored
     * @param retentionMillisMax the longest retention of any queue
     * @param storedMillisMax when the newest message was stored; 0 if there is none. This clock does not go back behind it, also if
     *     the saved state is older than that message
     */
    public synchronized void resume(ClockState saved, long retentionMillisMax, long storedMillisMax) {
        ClockSource.ClockReading now = source.read();
        suspendedMillis = suspendedMillis(now);
        long timeByWallMillis = now.wallMillis() + saved.offsetMillis();
        gap = saved.gap();
        if (isSameBoot(saved, now)) {
            long stoppedMillis = now.bootMillis() - saved.bootMillis() - BOOT_CLOCK_MILLIS;
            long timeByBootMillis = saved.timeMillis() + Math.max(0, stoppedMillis);
            // The wall clock has a finer resolution, so errors do not add up over many restarts.
            boolean agree = Math.abs(timeByWallMillis - timeByBootMillis) < STEP_MILLIS;
            start(now, agree ? Math.max(saved.timeMillis(), timeByWallMillis) : timeByBootMillis, saved.offsetMillis());
        } else {
            start(now, Math.max(saved.timeMillis(), timeByWallMillis), saved.offsetMillis());
            long gapMillis = timeByWallMillis - saved.timeMillis();
            if (gapMillis > 0) {
                gap = gap.followedBy(timeByWallMillis, gapMillis, retentionMillisMax);
            }
        }
        if (timeMillis(now) < storedMillisMax) {
            start(now, storedMillisMax, offsetMillis);
        }
        adjustOffset(now);
    }

    /**
     * Starts without a stored state: the previous process used the wall clock, or there was none. Call before the clock
     * is used.
     *
     * @param storedMillisMax when the newest message was stored; 0 if there is none
     */
    public synchronized void startNew(long storedMillisMax) {
        ClockSource.ClockReading now = source.read();
        suspendedMillis = suspendedMillis(now);
        start(now, Math.max(now.wallMillis(), storedMillisMax), 0);
        gap = ClockGap.NONE.followedBy(timeMillis(now), Long.MAX_VALUE, 0);
        adjustOffset(now);
    }

    private boolean isSameBoot(ClockState saved, ClockSource.ClockReading now) {
        return !saved.bootId().isEmpty()
                && saved.bootId().equals(source.bootId())
                && saved.bootMillis() != ClockSource.UNKNOWN
                && saved.bootMillis() <= now.bootMillis();
    }

    private void start(ClockSource.ClockReading now, long timeMillis, long offset) {
        originMillis = timeMillis - elapsedMillis(now);
        offsetMillis = offset;
    }

    /**
     * Compares the clocks and corrects for a suspension and for a wall clock that was set. Call about every second.
     */
    synchronized void compareClocks() {
        ClockSource.ClockReading now = source.read();
        long suspendedNowMillis = suspendedMillis(now);
        boolean suspended = suspendedNowMillis - suspendedMillis >= STEP_MILLIS;
        if (suspended) {
            LOG.info("The machine was suspended for {} s", seconds(suspendedNowMillis - suspendedMillis));
            originMillis += suspendedNowMillis - suspendedMillis;
            events++;
        }
        if (suspended || suspendedNowMillis < suspendedMillis) {
            suspendedMillis = suspendedNowMillis;
        }
        adjustOffset(now);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    private void adjustOffset(ClockSource.ClockReading now) {
        long timeMillis = timeMillis(now);
        long setMillis = now.wallMillis() - (timeMillis - offsetMillis);
        if (Math.abs(setMillis) < STEP_MILLIS) {
            return;
        }
        events++;
        offsetMillis = timeMillis - now.wallMillis();
        gap = gap.afterClockSet(setMillis, timeMillis);
        LOG.warn(
                "The wall clock was set {} by {} s; leases, delays and retention keep their length",
                setMillis > 0 ? "forward" : "back",
                seconds(Math.abs(setMillis)));
    }

    /** Counts clock events after which {@link #state} should be stored soon. */
    long events() {
        return events;
    }

    /** The state to store. */
    synchronized ClockState state() {
        ClockSource.ClockReading now = source.read();
        return new ClockState(timeMillis(now), offsetMillis, source.bootId(), now.bootMillis(), gap);
    }

    private long timeMillis(long monotonicNanos) {
        return originMillis + (monotonicNanos - originNanos) / NANOS_PER_MILLI;
    }

    private long timeMillis(ClockSource.ClockReading now) {
        return originMillis + elapsedMillis(now);
    }

    /** Readings differ by whole milliseconds of the wall clock, except for the time that reading takes. */
    private long elapsedMillis(ClockSource.ClockReading now) {
        return Math.floorDiv(now.monotonicNanos() - originNanos + NANOS_PER_MILLI / 2, NANOS_PER_MILLI);
    }

    private long suspendedMillis(ClockSource.ClockReading now) {
        return now.bootMillis() == ClockSource.UNKNOWN ? suspendedMillis : now.bootMillis() - elapsedMillis(now);
    }

    private static double seconds(long millis) {
        return millis / MILLIS_PER_SECOND;
    }
}
