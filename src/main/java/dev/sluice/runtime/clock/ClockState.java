package dev.sluice.runtime.clock;

/**
 * State from which a {@link ContinuousClock} resumes after a restart.
 *
 * @param timeMillis its time
 * @param offsetMillis by how much it was ahead of the wall clock
 * @param bootId of the machine, see {@link ClockSource#bootId}
 * @param bootMillis the boot clock at that time, or {@link ClockSource#UNKNOWN}
 * @param gap the last downtime of uncertain length
 */
public record ClockState(long timeMillis, long offsetMillis, String bootId, long bootMillis, ClockGap gap) {}
