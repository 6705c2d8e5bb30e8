package dev.sluice.bench;

/**
 * The last second of a run.
 *
 * @param seconds since the measurement began
 * @param messages completed in that second
 * @param pushes latencies of its pushes
 * @param failures since the run began
 */
public record LoadProgress(double seconds, long messages, LoadLatency pushes, long failures) {}
