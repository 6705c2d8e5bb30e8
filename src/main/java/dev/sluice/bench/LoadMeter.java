package dev.sluice.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Counts answers and how long they took. Fed by all event loops, read by one thread. */
final class LoadMeter {
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(10);
    private static final int DIGITS = 3;

    private final Map<LoadStep, Recorder> recorders = new EnumMap<>(LoadStep.class);
    private final Map<LoadStep, Histogram> totals = new EnumMap<>(LoadStep.class);
    private final LongAdder messages = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final Histogram second = new Histogram(MICROS_MAX, DIGITS);
    private volatile long measuringSinceNanos;
    private volatile boolean counting = true;
    private long messagesBefore;
    private long messagesTold;

    /** Counts from that time on, of {@link System#nanoTime}. */
    LoadMeter(long nowNanos) {
        measuringSinceNanos = nowNanos;
        for (LoadStep step : LoadStep.values()) {
            recorders.put(step, new Recorder(MICROS_MAX, DIGITS));
            totals.put(step, new Histogram(MICROS_MAX, DIGITS));
        }
    }

    /**
     * Forgets everything but failures; what was due before is not measured, whenever it is answered. Called now and then during a
     * warm-up, too: what only a measurement did would be compiled in it. Called by the thread that reads.
     */
    void begin(long nowNanos) {
        measuringSinceNanos = nowNanos;
        recorders.values().forEach(Recorder::reset);
        totals.values().forEach(Histogram::reset);
        messagesBefore = messages.sum();
        messagesTold = messagesBefore;
    }

    /** The time is over: messages that complete now are no part of the rate, but what was asked for is still waited for. */
    void end() {
        counting = false;
    }

    /** A request that was due at that time was answered with success. */
    void answered(LoadStep step, long dueNanos) {
        if (dueNanos - measuringSinceNanos >= 0) {
            long nanos = System.nanoTime() - dueNanos;
            recorders.get(step).recordValue(Math.min(MICROS_MAX, Math.max(1, nanos / 1_000)));
        }
    }

    /** So many messages went the whole way that the mode asks for. */
    void completed(int count) {
        if (counting) {
            messages.add(count);
        }
    }

    /** A request failed; a status, or what happened instead of one. Counts during the warm-up too. */
    void failed(String what) {
        errors.computeIfAbsent(what, name -> new LongAdder()).increment();
    }

    /** What happened since the last call. */
    LoadProgress progress(double seconds) {
        second.reset();
        for (LoadStep step : LoadStep.values()) {
            Histogram interval = recorders.get(step).getIntervalHistogram();
            totals.get(step).add(interval);
            if (step == LoadStep.PUSH) {
                second.add(interval);
            }
        }
        long sum = messages.sum();
        long fresh = sum - messagesTold;
        messagesTold = sum;
        return new LoadProgress(seconds, fresh, LoadLatency.of(second), failures());
    }

    /** Everything so far. */
    LoadSummary summary(double seconds, long unsent) {
        progress(seconds);
        Map<LoadStep, LoadLatency> latencies = new EnumMap<>(LoadStep.class);
        totals.forEach((step, total) -> {
            if (total.getTotalCount() > 0) {
                latencies.put(step, LoadLatency.of(total));
            }
        });
        Map<String, Long> failed = new TreeMap<>();
        errors.forEach((what, count) -> failed.put(what, count.sum()));
        return new LoadSummary(seconds, messages.sum() - messagesBefore, latencies, failed, unsent);
    }

    private long failures() {
        return errors.values().stream().mapToLong(LongAdder::sum).sum();
    }
}
