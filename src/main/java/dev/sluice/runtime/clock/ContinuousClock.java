package dev.sluice.runtime.clock;

import dev.sluice.queue.Retention;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of everything that has a length: leases, delays, retention, batch waits. It runs with the monotonic clock, also while the
 * machine is suspended, and goes on after a restart; nothing sets it. The wall clock is what it is shown as: the difference of the
 * two is known, and when the wall clock is set, only the difference changes.
 *
 * <p>Milliseconds, equal to those since the epoch until the wall clock is set for the first time in the life of a store. One
 * instance per process; safe for use from several threads.
 */
public final class ContinuousClock implements Retention {
    private static final Logger LOG = LoggerFactory.getLogger(ContinuousClock.class);
    /** A smaller difference between clocks is how they are read. */
    static final long STEP_MILLIS = 1_000;

    /** How finely the boot clock is read; no lease may end early for that. */
    static final long BOOT_CLOCK_MILLIS = 10;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final double MILLIS_PER_SECOND = 1_000;

    private final ClockSource source;
    private final long originNanos;
    /** The time at {@link #originNanos}. Only grows once the clock is in use. */
    private volatile long originMillis;

    private volatile long offsetMillis;
    private volatile ClockGap gap = ClockGap.NONE;
    private volatile long changes;
    /** Boot clock minus monotonic clock as far as the time takes account of it. */
    private long asleepMillis;

    /** Runs with those clocks, as the wall clock at first. */
    public ContinuousClock(ClockSource source) {
        this.source = source;
        ClockSource.ClockReading now = source.read();
        originNanos = now.monotonicNanos();
        originMillis = now.wallMillis();
        asleepMillis = asleepMillis(now);
    }

    /** Runs with the clocks of this machine, as the wall clock at first. */
    public static ContinuousClock ofMachine() {
        return new ContinuousClock(new SystemClockSource());
    }

    /**
     * The time. Never goes back.
     *
     * <p>Looks at the wall clock too, which shows at once that the machine was suspended: what is decided before the time has taken account
     * of that would be cut short when it does.
     */
    public long nowMillis() {
        long timeMillis = timeMillis(source.monotonicNanos());
        if (Math.abs(source.wallMillis() - (timeMillis - offsetMillis)) < STEP_MILLIS) {
            return timeMillis;
        }
        look();
        return timeMillis(source.monotonicNanos());
    }

    /**
     * A time as it is shown: what the wall clock would have read then, had it been set as it is now.
     *
     * @param timeMillis of this clock; 0 stands for never and stays 0
     * @return milliseconds since the epoch
     */
    public long wallMillis(long timeMillis) {
        return timeMillis == 0 ? 0 : timeMillis - offsetMillis;
    }

    @Override
    public long keptUntilMillis(long storedAtMillis, long periodMillis) {
        return gap.keptUntilMillis(storedAtMillis, storedAtMillis + periodMillis);
    }

    /**
     * Goes on where a process before stopped. To be called before the clock is used. If the machine was not restarted since, its boot
     * clock says how long that is ago, however the wall clock was set meanwhile. Otherwise only the wall clock can say, and
     * retention waits until it is steady.
     *
     * @param saved what that process stored
     * @param retentionMillisMax the longest that any queue keeps messages
     * @param storedMillisMax when the newest message was stored; 0 if there is none. This clock does not go back behind it, also if the
     *     state that was stored last is older than that message
     */
    public synchronized void resume(ClockState saved, long retentionMillisMax, long storedMillisMax) {
        ClockSource.ClockReading now = source.read();
        asleepMillis = asleepMillis(now);
        long byWallMillis = now.wallMillis() + saved.offsetMillis();
        gap = saved.gap();
        if (isSameBoot(saved, now)) {
            long stoppedMillis = now.bootMillis() - saved.bootMillis() - BOOT_CLOCK_MILLIS;
            long byBootMillis = saved.timeMillis() + Math.max(0, stoppedMillis);
            // The wall clock is read more finely, and no error adds up over many restarts.
            boolean agree = Math.abs(byWallMillis - byBootMillis) < STEP_MILLIS;
            start(now, agree ? Math.max(saved.timeMillis(), byWallMillis) : byBootMillis, saved.offsetMillis());
        } else {
            start(now, Math.max(saved.timeMillis(), byWallMillis), saved.offsetMillis());
            long gapMillis = byWallMillis - saved.timeMillis();
            if (gapMillis > 0) {
                gap = gap.then(byWallMillis, gapMillis, retentionMillisMax);
            }
        }
        if (timeMillis(now) < storedMillisMax) {
            start(now, storedMillisMax, offsetMillis);
        }
        followWall(now);
    }

    /**
     * Goes on where a process before stopped that stored no state: it went by the wall clock, or there was none. To be called before the
     * clock is used.
     *
     * @param storedMillisMax when the newest message was stored; 0 if there is none
     */
    public synchronized void begin(long storedMillisMax) {
        ClockSource.ClockReading now = source.read();
        asleepMillis = asleepMillis(now);
        start(now, Math.max(now.wallMillis(), storedMillisMax), 0);
        gap = ClockGap.NONE.then(timeMillis(now), Long.MAX_VALUE, 0);
        followWall(now);
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

    /** Compares the clocks: takes account of a suspension, and of a wall clock that was set. To be called every second or so. */
    synchronized void look() {
        ClockSource.ClockReading now = source.read();
        long asleepNowMillis = asleepMillis(now);
        boolean slept = asleepNowMillis - asleepMillis >= STEP_MILLIS;
        if (slept) {
            LOG.info("The machine was suspended for {} s", seconds(asleepNowMillis - asleepMillis));
            originMillis += asleepNowMillis - asleepMillis;
            changes++;
        }
        if (slept || asleepNowMillis < asleepMillis) {
            asleepMillis = asleepNowMillis;
        }
        followWall(now);
    }

    private void followWall(ClockSource.ClockReading now) {
        long timeMillis = timeMillis(now);
        long setMillis = now.wallMillis() - (timeMillis - offsetMillis);
        if (Math.abs(setMillis) < STEP_MILLIS) {
            return;
        }
        changes++;
        offsetMillis = timeMillis - now.wallMillis();
        gap = gap.set(setMillis, timeMillis);
        LOG.warn(
                "The wall clock was set {} by {} s; leases, delays and retention keep their length",
                setMillis > 0 ? "forward" : "back",
                seconds(Math.abs(setMillis)));
    }

    /** How often something happened after which {@link #state} is to be stored soon. */
    long changes() {
        return changes;
    }

    /** What to store. */
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

    /** Readings are whole milliseconds of the wall clock apart, but for what reading takes. */
    private long elapsedMillis(ClockSource.ClockReading now) {
        return Math.floorDiv(now.monotonicNanos() - originNanos + NANOS_PER_MILLI / 2, NANOS_PER_MILLI);
    }

    private long asleepMillis(ClockSource.ClockReading now) {
        return now.bootMillis() == ClockSource.UNKNOWN ? asleepMillis : now.bootMillis() - elapsedMillis(now);
    }

    private static double seconds(long millis) {
        return millis / MILLIS_PER_SECOND;
    }
}
