package dev.sluice.api.control;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Formats times for the control plane: RFC 3339 in UTC, with microseconds. Pure. */
public final class Timestamps {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** Formats microseconds since the epoch. */
    public static String ofMicros(long micros) {
        long seconds = Math.floorDiv(micros, 1_000_000L);
        long nanos = Math.floorMod(micros, 1_000_000L) * 1_000;
        return FORMAT.format(Instant.ofEpochSecond(seconds, nanos));
    }

    /** Formats milliseconds since the epoch. */
    public static String ofMillis(long millis) {
        return ofMicros(TimeUnit.MILLISECONDS.toMicros(millis));
    }
}
