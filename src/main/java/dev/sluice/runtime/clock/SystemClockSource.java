package dev.sluice.runtime.clock;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of this machine. Linux provides the time since boot, including suspension, in {@code /proc/uptime}, in
 * hundredths of a second. On other systems that clock is unknown.
 */
final class SystemClockSource implements ClockSource {
    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    /** A thread that is delayed between two clocks would see a false difference. */
    private static final long READING_NANOS_MAX = 200_000;

    private static final int NANOS_PER_MILLI = 1_000_000;

    private static final int TRIES = 10;

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public ClockReading read() {
        @Nullable ClockReading best = null;
        long bestNanos = Long.MAX_VALUE;
        for (int tries = 0; tries < TRIES && bestNanos > READING_NANOS_MAX; tries++) {
            long beganNanos = System.nanoTime();
            Instant wall = Instant.now();
            long bootMillis = bootMillis();
            long nanos = System.nanoTime() - beganNanos;
            long nanosIntoMilli = wall.get(ChronoField.NANO_OF_SECOND) % NANOS_PER_MILLI;
            ClockReading reading = new ClockReading(beganNanos - nanosIntoMilli, wall.toEpochMilli(), bootMillis);
            if (nanos < bestNanos) {
                best = reading;
                bestNanos = nanos;
            }
        }
        return Objects.requireNonNull(best, "there is at least one try");
    }

    @Override
    public String bootId() {
        return firstWord(BOOT_ID);
    }

    private static long bootMillis() {
        String seconds = firstWord(UPTIME);
        try {
            return seconds.isEmpty()
                    ? UNKNOWN
                    : new BigDecimal(seconds).movePointRight(3).longValue();
        } catch (NumberFormatException unknownFormat) {
            return UNKNOWN;
        }
    }

    private static String firstWord(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", 2)[0];
        } catch (IOException | SecurityException unavailable) {
            return "";
        }
    }
}
