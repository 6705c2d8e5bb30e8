package dev.sluice.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Records response times and counts messages and errors. Written by all event loops, read by one thread. */
final class LoadMeter {
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(10);
    private static final int DIGITS = 3;

    private final Map<LoadStep, Recorder> recorders = new EnumMap<>(LoadStep.class);
    private final Map<LoadStep, Histogram> totals = new EnumMap<>(LoadStep.class);
    private final LongAdder messages = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final Histogram intervalPushes = new Histogram(MICROS_MAX, DIGITS);
    private volatile long measuringSinceNanos;
    private volatile boolean counting = true;
    private long messagesBefore;
    private long messagesReported;

    /** Starts to count at that time of {@link System#nanoTime}. */
    LoadMeter(long nowNanos) {
        measuringSinceNanos = nowNanos;
        for (LoadStep step : LoadStep.values()) {
            recorders.put(step, new Recorder(MICROS_MAX, DIGITS));
            totals.put(step, new Histogram(MICROS_MAX, DIGITS));
        }
    }

    /**
     * Resets everything except failures. A request that was due before is not measured, even if its response comes
     * later. Also called periodically during the warm-up, so that this code is compiled before the measurement. Called
     * by the reading thread.
     */
    void begin(long nowNanos) {
        measuringSinceNanos = nowNanos;
        recorders.values().forEach(Recorder::reset);
        totals.values().forEach(Histogram::reset);
        messagesBefore = messages.sum();
        messagesReported = messagesBefore;
    }

    /**
     * Ends the measurement: later messages do not count for the rate, but latencies of requests in progress are still
     * recorded.
     */
    void end() {
        counting = false;
    }

    /** A request that was due at that time succeeded. */
    void succeeded(LoadStep step, long dueNanos) {
        if (dueNanos - measuringSinceNanos >= 0) {
            long nanos = System.nanoTime() - dueNanos;
            recorder(step).recordValue(Math.min(MICROS_MAX, Math.max(1, nanos / 1_000)));
        }
    }

    /** This many messages passed all steps of the mode. */
    void completed(int count) {
        if (counting) {
            messages.add(count);
        }
    }

    /** A request failed, with a status or another reason. Failures of the warm-up count too. */
    void failed(String reason) {
        errors.computeIfAbsent(reason, name -> new LongAdder()).increment();
    }

    /** The progress since the last call. */
    LoadProgress progress(double seconds) {
        intervalPushes.reset();
        for (LoadStep step : LoadStep.values()) {
            Histogram interval = recorder(step).getIntervalHistogram();
            Objects.requireNonNull(totals.get(step)).add(interval);
            if (step == LoadStep.PUSH) {
                intervalPushes.add(interval);
            }
        }
        long sum = messages.sum();
        long completed = sum - messagesReported;
        messagesReported = sum;
        return new LoadProgress(seconds, completed, LoadLatency.of(intervalPushes), failures());
    }

    /** The results of the whole measurement. */
    LoadSummary summary(double seconds, long unsent) {
        progress(seconds);
        Map<LoadStep, LoadLatency> latencies = new EnumMap<>(LoadStep.class);
        totals.forEach((step, total) -> {
            if (total.getTotalCount() > 0) {
                latencies.put(step, LoadLatency.of(total));
            }
        });
        Map<String, Long> failed = new TreeMap<>();
        errors.forEach((reason, count) -> failed.put(reason, count.sum()));
        return new LoadSummary(seconds, messages.sum() - messagesBefore, latencies, failed, unsent);
    }

    private Recorder recorder(LoadStep step) {
        return Objects.requireNonNull(recorders.get(step));
    }

    private long failures() {
        return errors.values().stream().mapToLong(LongAdder::sum).sum();
    }
}
