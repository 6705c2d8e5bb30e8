package dev.sluice.bench;

import org.HdrHistogram.Histogram;

/**
 * Percentiles of response times, in microseconds.
 *
 * @param count number of responses
 */
public record LoadLatency(long count, long p50, long p90, long p99, long p999, long max) {
    static LoadLatency of(Histogram histogram) {
        return new LoadLatency(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
