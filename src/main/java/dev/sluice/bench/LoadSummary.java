package dev.sluice.bench;

import java.util.Map;

/**
 * The results of a run.
 *
 * @param seconds duration of the measurement
 * @param messages messages stored, or in mode cycle acknowledged
 * @param latencies latencies by kind of request; push latencies of an open loop count from the time at which the push
 *     was due
 * @param errors failed requests by status or other reason
 * @param unsent pushes of an open loop that were due but not sent before the end
 */
public record LoadSummary(
        double seconds, long messages, Map<LoadStep, LoadLatency> latencies, Map<String, Long> errors, long unsent) {
    /** Messages per second. */
    public double messagesPerSecond() {
        return seconds == 0 ? 0 : messages / seconds;
    }

    /** The number of failed requests. */
    public long failures() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
