package dev.sluice.runtime.clock;

/**
 * What a {@link ContinuousClock} goes on from after a restart.
 *
 * @param timeMillis its time
 * @param offsetMillis by how much it was ahead of the wall clock
 * @param bootId of the machine, see {@link ClockSource#bootId}
 * @param bootMillis the boot clock at that time, or {@link ClockSource#UNKNOWN}
 * @param gap the last stop in doubt
 */
public record ClockState(long timeMillis, long offsetMillis, String bootId, long bootMillis, ClockGap gap) {}
