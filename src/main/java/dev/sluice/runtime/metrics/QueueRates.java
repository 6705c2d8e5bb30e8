package dev.sluice.runtime.metrics;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Messages per second of each queue over the last {@link #INTERVAL_MILLIS}. One thread at a time samples, any thread
 * reads. Memory: one entry per queue that was active since the start of the process.
 */
public final class QueueRates {
    /** Time between two samples. */
    public static final long INTERVAL_MILLIS = 5_000;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Meters meters;
    private final Map<Long, Sample> samples = new ConcurrentHashMap<>();

    /** Totals of one queue at a time, and its rates up to then. */
    private record Sample(long nanos, long pushed, long delivered, long acknowledged, Rates rates) {}

    /** Messages per second. */
    public record Rates(double pushed, double delivered, double acknowledged) {
        public static final Rates NONE = new Rates(0, 0, 0);
    }

    public QueueRates(Meters meters) {
        this.meters = meters;
    }

    /** The rates at the last sample. */
    public Rates rates(long queueNumber) {
        Sample sample = samples.get(queueNumber);
        return sample == null ? Rates.NONE : sample.rates();
    }

    /**
     * Takes a sample of these queues and forgets all others.
     *
     * @param numbers of all queues that exist
     * @param nowNanos of {@link System#nanoTime}
     */
    public void sample(Set<Long> numbers, long nowNanos) {
        samples.keySet().retainAll(numbers);
        for (long number : numbers) {
            QueueCounters counters = meters.findQueue(number);
            if (counters != null) {
                samples.merge(number, first(counters, nowNanos), QueueRates::next);
            }
        }
    }

    private static Sample first(QueueCounters counters, long nowNanos) {
        return new Sample(
                nowNanos,
                counters.get(QueueCounter.PUSHED),
                counters.get(QueueCounter.DELIVERED),
                counters.get(QueueCounter.ACKNOWLEDGED),
                Rates.NONE);
    }

    private static Sample next(Sample before, Sample now) {
        double seconds = (now.nanos() - before.nanos()) / NANOS_PER_SECOND;
        Rates rates = seconds <= 0
                ? before.rates()
                : new Rates(
                        (now.pushed() - before.pushed()) / seconds,
                        (now.delivered() - before.delivered()) / seconds,
                        (now.acknowledged() - before.acknowledged()) / seconds);
        return new Sample(now.nanos(), now.pushed(), now.delivered(), now.acknowledged(), rates);
    }
}
