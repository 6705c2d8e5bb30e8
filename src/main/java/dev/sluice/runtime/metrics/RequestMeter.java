package dev.sluice.runtime.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the answers of one operation by HTTP status. */
public final class RequestMeter {
    private static final int STATUS_MIN = 100;
    private static final int STATUS_MAX = 599;

    private final LongAdder[] answers = new LongAdder[STATUS_MAX - STATUS_MIN + 1];
    private final LongAdder succeeded = new LongAdder();
    private final BucketCounter nanos = BucketCounter.doubling(64_000, 18);

    /** Notes an answer and how long it took. */
    public void answered(int status, long durationNanos) {
        nanos.add(durationNanos);
        if (status == 200) {
            succeeded.increment();
        } else {
            adderOf(status).increment();
        }
    }

    /** Failures are rare and of few kinds: their adders are made when they are needed. */
    private LongAdder adderOf(int status) {
        int index = Math.max(STATUS_MIN, Math.min(STATUS_MAX, status)) - STATUS_MIN;
        synchronized (answers) {
            if (answers[index] == null) {
                answers[index] = new LongAdder();
            }
            return answers[index];
        }
    }

    /** Answers so far by status. */
    public Map<Integer, Long> answersByStatus() {
        Map<Integer, Long> byStatus = new TreeMap<>();
        byStatus.put(200, succeeded.sum());
        synchronized (answers) {
            for (int i = 0; i < answers.length; i++) {
                if (answers[i] != null) {
                    byStatus.put(i + STATUS_MIN, answers[i].sum());
                }
            }
        }
        return byStatus;
    }

    /** How long answers took, in nanoseconds. */
    public BucketCounter nanos() {
        return nanos;
    }
}
