package dev.sluice.bench;

/**
 * The results of the last second of a run.
 *
 * @param seconds time since the measurement began
 * @param messages completed in that second
 * @param pushes push latencies of that second
 * @param failures failed requests since the run began
 */
public record LoadProgress(double seconds, long messages, LoadLatency pushes, long failures) {}
