package dev.sluice.runtime.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;

/** Counts the responses of one operation by HTTP status. */
public final class RequestMeter {
    private static final double NANOS_PER_SECOND = 1e9;

    private final String operationId;
    private final Counter responses;
    private final CounterDataPoint succeeded;
    private final DistributionDataPoint seconds;

    RequestMeter(String operationId, Counter responses, Histogram seconds) {
        this.operationId = operationId;
        this.responses = responses;
        this.succeeded = responses.labelValues(operationId, "200");
        this.seconds = seconds.labelValues(operationId);
    }

    /** Records a response and its duration. */
    public void record(int status, long durationNanos) {
        seconds.observe(durationNanos / NANOS_PER_SECOND);
        if (status == 200) {
            succeeded.inc();
        } else {
            // Failures are few and of few kinds: no handle is kept.
            responses.labelValues(operationId, Integer.toString(status)).inc();
        }
    }
}
