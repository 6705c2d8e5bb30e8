package dev.sluice.runtime.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the responses of one operation by HTTP status. */
public final class RequestMeter {
    private static final int STATUS_MIN = 100;
    private static final int STATUS_MAX = 599;

    private final LongAdder[] responses = new LongAdder[STATUS_MAX - STATUS_MIN + 1];
    private final LongAdder succeeded = new LongAdder();
    private final BucketCounter nanos = BucketCounter.doubling(64_000, 18);

    /** Records a response and its duration. */
    public void record(int status, long durationNanos) {
        nanos.add(durationNanos);
        if (status == 200) {
            succeeded.increment();
        } else {
            adderOf(status).increment();
        }
    }

    /** Failures are rare and of few kinds, so their adders are created on demand. */
    private LongAdder adderOf(int status) {
        int index = Math.max(STATUS_MIN, Math.min(STATUS_MAX, status)) - STATUS_MIN;
        synchronized (responses) {
            if (responses[index] == null) {
                responses[index] = new LongAdder();
            }
            return responses[index];
        }
    }

    /** Responses so far by status. */
    public Map<Integer, Long> responsesByStatus() {
        Map<Integer, Long> byStatus = new TreeMap<>();
        byStatus.put(200, succeeded.sum());
        synchronized (responses) {
            for (int i = 0; i < responses.length; i++) {
                if (responses[i] != null) {
                    byStatus.put(i + STATUS_MIN, responses[i].sum());
                }
            }
        }
        return byStatus;
    }

    /** Duration of requests, in nanoseconds. */
    public BucketCounter nanos() {
        return nanos;
    }
}
