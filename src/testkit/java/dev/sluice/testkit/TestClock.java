package dev.sluice.testkit;

import dev.sluice.runtime.clock.ClockSource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Runs with the clocks of the machine, ahead of them by an amount that only grows. Safe for use from several threads. */
final class TestClock implements ClockSource {
    private final AtomicLong aheadMillis = new AtomicLong();

    /** Moves the clock forward. */
    void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("a clock cannot go back: " + by);
        }
        aheadMillis.addAndGet(by.toMillis());
    }

    @Override
    public long monotonicNanos() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(aheadMillis.get());
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis() + aheadMillis.get();
    }

    @Override
    public ClockReading read() {
        long ahead = aheadMillis.get();
        return new ClockReading(
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ahead), System.currentTimeMillis() + ahead, UNKNOWN);
    }

    @Override
    public String bootId() {
        return "";
    }
}
