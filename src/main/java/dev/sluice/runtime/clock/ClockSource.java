package dev.sluice.runtime.clock;

/** The clocks of a machine. Safe for use from several threads. */
public interface ClockSource {
    /** Value of a clock that the machine does not have. */
    long UNKNOWN = -1;

    /**
     * All clocks at one moment.
     *
     * @param monotonicNanos {@link #monotonicNanos} at the beginning of that millisecond of the wall clock
     * @param wallMillis as {@link #wallMillis}
     * @param bootMillis time since the machine was started, including suspension; or {@link #UNKNOWN}
     */
    record ClockReading(long monotonicNanos, long wallMillis, long bootMillis) {}

    /** Nanoseconds from an arbitrary origin. Never set; may stop while the machine is suspended. */
    long monotonicNanos();

    /** Milliseconds since the epoch according to the machine's clock, which may be set at any time to any value. */
    long wallMillis();

    /** Reads all clocks within a few milliseconds. */
    ClockReading read();

    /** An identifier of the current boot of the machine; empty if there is none. */
    String bootId();
}
