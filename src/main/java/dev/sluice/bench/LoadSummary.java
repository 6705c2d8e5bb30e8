package dev.sluice.bench;

import java.util.Map;

/**
 * What came of a run.
 *
 * @param seconds of the measurement
 * @param messages stored, or in mode cycle acknowledged
 * @param latencies by kind of request; in an open loop counted from when a push should have been sent
 * @param errors failed requests by status, or by what happened instead of one
 * @param unsent pushes that an open loop owed at the end and could not send in time
 */
public record LoadSummary(
        double seconds, long messages, Map<LoadStep, LoadLatency> latencies, Map<String, Long> errors, long unsent) {
    /** Messages per second. */
    public double messagesPerSecond() {
        return seconds == 0 ? 0 : messages / seconds;
    }

    /** All failed requests. */
    public long failures() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
