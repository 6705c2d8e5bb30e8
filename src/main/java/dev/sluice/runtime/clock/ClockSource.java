package dev.sluice.runtime.clock;

/** The clocks of a machine. Safe for use from several threads. */
public interface ClockSource {
    /** A clock that the machine does not have. */
    long UNKNOWN = -1;

    /**
     * The clocks at one moment.
     *
     * @param monotonicNanos as {@link #monotonicNanos}, at the beginning of that millisecond of the wall clock
     * @param wallMillis as {@link #wallMillis}
     * @param bootMillis since the machine was started, with the time that it was suspended; or {@link #UNKNOWN}
     */
    record ClockReading(long monotonicNanos, long wallMillis, long bootMillis) {}

    /** Nanoseconds from some moment on. Never set; may stand still while the machine is suspended. */
    long monotonicNanos();

    /** Milliseconds since the epoch as the machine's clock has them; may be set at any time, to anything. */
    long wallMillis();

    /** Reads all clocks within a few milliseconds of each other. */
    ClockReading read();

    /** What tells one start of the machine from another; empty if nothing does. */
    String bootId();
}
