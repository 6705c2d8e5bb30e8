package dev.sluice.runtime;

import dev.sluice.runtime.clock.ClockSource;

/** The clocks of a machine under the control of a test. One thread. */
@SuppressWarnings("NonAtomicVolatileUpdate") // One thread sets them.
public final class SettableClocks implements ClockSource {
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private volatile long monotonicMillis;
    private volatile long asleepMillis;
    private volatile long wallAheadMillis;
    private volatile long bootedMillis = -5_000;
    private volatile int boots;
    private volatile boolean bootClock = true;

    /** The true time, in milliseconds since the epoch. */
    public long trueMillis() {
        return START_MILLIS + monotonicMillis + asleepMillis;
    }

    /** The clock that timers use. */
    public long monotonicMillis() {
        return monotonicMillis;
    }

    public void pass(long millis) {
        monotonicMillis += millis;
    }

    public void suspend(long millis) {
        asleepMillis += millis;
    }

    /** Sets the wall clock forward by that amount; negative for back. */
    public void setWall(long byMillis) {
        wallAheadMillis += byMillis;
    }

    /** Sets the wall clock to the true time. */
    public void setWallRight() {
        wallAheadMillis = 0;
    }

    /** Restarts the machine; the wall clock keeps its error. */
    public void restart() {
        boots++;
        bootedMillis = monotonicMillis + asleepMillis;
    }

    /** Removes the boot clock, as on systems other than Linux. */
    public void withoutBootClock() {
        bootClock = false;
    }

    @Override
    public long monotonicNanos() {
        return monotonicMillis * NANOS_PER_MILLI;
    }

    @Override
    public long wallMillis() {
        return trueMillis() + wallAheadMillis;
    }

    @Override
    public ClockReading read() {
        return new ClockReading(
                monotonicNanos(), wallMillis(), bootClock ? monotonicMillis + asleepMillis - bootedMillis : UNKNOWN);
    }

    @Override
    public String bootId() {
        return bootClock ? "boot " + boots : "";
    }
}
