package dev.sluice.runtime.metrics;

import dev.sluice.queue.QueueEvent;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the server. Any thread may add to them. Handles of labelled metrics are looked up once and kept, so
 * that a request costs additions and no lookup.
 */
public final class Meters {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double[] WORKER_SECONDS = doubling(0.001, 17);
    private static final double[] REQUEST_SECONDS = doubling(64e-6, 18);
    private static final double[] COMMIT_SECONDS = doubling(32e-6, 16);
    private static final double[] COMMIT_BATCHES = doubling(1, 12);

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final List<MetricDescription> descriptions = new CopyOnWriteArrayList<>();
    private final Map<String, RequestMeter> requests = new ConcurrentHashMap<>();
    /** Only of queues that were active, so that a passive queue costs nothing. */
    private final Map<Long, QueueCounters> queues = new ConcurrentHashMap<>();

    private final Counter responses =
            counter("sluice_requests_total", "Responses by operation and HTTP status.", "operation", "status");
    private final Counter errors = counter(
            "sluice_errors_total",
            "Responses with an error by reason, also those to requests without an operation.",
            "reason");
    private final Histogram requestSeconds =
            histogram("sluice_request_seconds", "Response time by operation.", REQUEST_SECONDS, "operation");
    private final CounterDataPoint messagesPushed = counter(
                    "sluice_messages_pushed_total", "Messages stored by pushes.")
            .labelValues();
    private final CounterDataPoint messagesDelivered = counter(
                    "sluice_messages_delivered_total", "Messages delivered to consumers.")
            .labelValues();
    private final CounterDataPoint messagesAcked =
            counter("sluice_messages_acked_total", "Messages acknowledged.").labelValues();
    private final CounterDataPoint messagesRetried = counter(
                    "sluice_messages_retried_total", "Messages retried by consumers.")
            .labelValues();
    private final CounterDataPoint messagesDeadLettered = counter(
                    "sluice_messages_dead_lettered_total", "Messages moved to a dead letter queue.")
            .labelValues();
    private final CounterDataPoint messagesExpired = counter(
                    "sluice_messages_expired_total",
                    "Messages deleted at the end of their retention or after their last delivery.")
            .labelValues();
    private final CounterDataPoint messagesWithoutContent = counter(
                    "sluice_messages_without_content_total",
                    "Messages whose content is missing from a damaged store, so that they are not delivered.")
            .labelValues();
    private final DistributionDataPoint commitBatches = histogram(
                    "sluice_commit_batches", "Batches stored by one write.", COMMIT_BATCHES)
            .labelValues();
    private final DistributionDataPoint commitSeconds = histogram(
                    "sluice_commit_seconds", "Time of one write with its sync.", COMMIT_SECONDS)
            .labelValues();
    private final Map<WorkerBatchResult, DistributionDataPoint> workerBatches = workerBatches();
    /** Adders of the JDK, because a gauge of the library adds in a loop of compare-and-set. */
    private final LongAdder parkedReplies = new LongAdder();

    private final LongAdder activeQueues = new LongAdder();

    public Meters() {
        gauge("sluice_parked_replies", "Replies that wait for a commit.", parkedReplies::sum);
        gauge("sluice_active_queues", "Queues in memory.", activeQueues::sum);
    }

    /** The meter of one operation of the contract; the same object for the same id. Look it up once and keep it. */
    public RequestMeter requests(String operationId) {
        return requests.computeIfAbsent(operationId, id -> new RequestMeter(id, responses, requestSeconds));
    }

    /**
     * Counts one write of the store.
     *
     * @param batches number of batches in the write
     * @param nanos duration including the sync
     */
    public void countCommit(int batches, long nanos) {
        commitBatches.observe(batches);
        commitSeconds.observe(nanos / NANOS_PER_SECOND);
    }

    /**
     * Adds a gauge.
     *
     * @param name in Prometheus style, with the unit
     * @param help one sentence
     * @param value called from any thread, must not block
     */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
        describe(name, "gauge", help);
    }

    /**
     * Adds a counter that something else counts.
     *
     * @param name in Prometheus style, ending with {@code _total}
     * @param help one sentence
     * @param value called from any thread, must not block; never decreases
     */
    public void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
        describe(name, "counter", help);
    }

    /**
     * A gauge that reads one figure of a source.
     *
     * @param name in Prometheus style, with the unit
     * @param help one sentence
     * @param value reads the figure
     */
    public record GaugeOf<T>(String name, String help, ToDoubleFunction<T> value) {}

    /**
     * Adds gauges that read their source once per scrape.
     *
     * @param source called from any thread, may block for milliseconds; the gauges have no value while it is empty
     */
    public <T> void gauges(Supplier<Optional<T>> source, List<GaugeOf<T>> gauges) {
        registry.register((MultiCollector) () -> {
            MetricSnapshots.Builder all = MetricSnapshots.builder();
            source.get()
                    .ifPresent(figures -> gauges.forEach(gauge -> all.metricSnapshot(GaugeSnapshot.builder()
                            .name(gauge.name())
                            .help(gauge.help())
                            .dataPoint(GaugeDataPointSnapshot.builder()
                                    .value(gauge.value().applyAsDouble(figures))
                                    .build())
                            .build())));
            return all.build();
        });
        gauges.forEach(gauge -> describe(gauge.name(), "gauge", gauge.help()));
    }

    /**
     * Adds gauges with a series for each of several sources.
     *
     * @param label what distinguishes the sources
     * @param sources by the value of that label; called from any thread, once per scrape
     */
    public <T> void gaugesBy(String label, Supplier<Map<String, T>> sources, List<GaugeOf<T>> gauges) {
        registry.register((MultiCollector) () -> {
            Map<String, T> figures = sources.get();
            MetricSnapshots.Builder all = MetricSnapshots.builder();
            gauges.forEach(gauge -> {
                GaugeSnapshot.Builder series =
                        GaugeSnapshot.builder().name(gauge.name()).help(gauge.help());
                figures.forEach((value, source) -> series.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(Labels.of(label, value))
                        .value(gauge.value().applyAsDouble(source))
                        .build()));
                if (!figures.isEmpty()) {
                    all.metricSnapshot(series.build());
                }
            });
            return all.build();
        });
        gauges.forEach(gauge -> describe(gauge.name(), "gauge", gauge.help(), label));
    }

    /** Adds a constant with labels; the name ends with {@code _info}. */
    public void info(String name, String help, SortedMap<String, String> labels) {
        Info info = Info.builder()
                .name(name)
                .help(help)
                .labelNames(labels.keySet().toArray(String[]::new))
                .register(registry);
        info.setLabelValues(labels.values().toArray(String[]::new));
        describe(name, "gauge", help, labels.keySet().toArray(String[]::new));
    }

    /** Counts a response with an error, by its name, of which there are few. */
    public void countError(Enum<?> error) {
        errors.labelValues(error.name().toLowerCase(Locale.ROOT)).inc();
    }

    /** Counts one batch that a Worker was to get. */
    public void countWorkerBatch(WorkerBatchResult result, long durationMillis) {
        Objects.requireNonNull(workerBatches.get(result)).observe(durationMillis / MILLIS_PER_SECOND);
    }

    private Map<WorkerBatchResult, DistributionDataPoint> workerBatches() {
        Histogram seconds = histogram(
                "sluice_worker_batch_seconds",
                "Time of a batch to a Worker by result: accepted, failed or not_sent.",
                WORKER_SECONDS,
                "result");
        Map<WorkerBatchResult, DistributionDataPoint> byResult = new EnumMap<>(WorkerBatchResult.class);
        for (WorkerBatchResult result : WorkerBatchResult.values()) {
            byResult.put(result, seconds.labelValues(result.name().toLowerCase(Locale.ROOT)));
        }
        return byResult;
    }

    private Counter counter(String name, String help, String... labels) {
        describe(name, "counter", help, labels);
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    private Histogram histogram(String name, String help, double[] upperBounds, String... labels) {
        describe(name, "histogram", help, labels);
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(upperBounds)
                .withoutExemplars()
                .register(registry);
    }

    private void describe(String name, String type, String help, String... labels) {
        descriptions.add(new MetricDescription(name, type, List.of(labels), help));
    }

    private static double[] doubling(double firstBound, int bounds) {
        double[] upperBounds = new double[bounds];
        for (int i = 0; i < bounds; i++) {
            upperBounds[i] = firstBound * (1L << i);
        }
        return upperBounds;
    }

    /** Adds descriptions of metrics that are made elsewhere. */
    public void describe(List<MetricDescription> others) {
        descriptions.addAll(others);
    }

    /** All metrics that were added so far. */
    public List<MetricDescription> descriptions() {
        return List.copyOf(descriptions);
    }

    /** The values of now. */
    public MetricSnapshots snapshots() {
        return registry.scrape();
    }

    /**
     * Counts the outcome of an event. Retries are counted by {@link #countRetries}, because only the caller can tell
     * them from expired leases.
     */
    public void count(QueueEvent event) {
        switch (event.kind()) {
            case ENQUEUED -> {
                boolean pushed = ((QueueEvent.Enqueued) event).origin() == null;
                (pushed ? messagesPushed : messagesDeadLettered).inc();
            }
            case LEASED -> messagesDelivered.inc();
            case REMOVED -> {
                switch (((QueueEvent.Removed) event).cause()) {
                    case ACKED -> messagesAcked.inc();
                    case EXPIRED, EXHAUSTED -> messagesExpired.inc();
                    case PURGED -> {
                        // Deleted on request.
                    }
                    default -> throw new IllegalStateException("unknown cause " + event);
                }
            }
            default -> {
                // Other events neither begin nor end a message's life.
            }
        }
    }

    /** Counts messages that a consumer returned for a retry. */
    public void countRetries(int messages) {
        messagesRetried.inc(messages);
    }

    /** Messages stored by pushes. */
    public long messagesPushed() {
        return messagesPushed.getLongValue();
    }

    /** Messages delivered to consumers. */
    public long messagesDelivered() {
        return messagesDelivered.getLongValue();
    }

    /** Messages acknowledged. */
    public long messagesAcked() {
        return messagesAcked.getLongValue();
    }

    /** Messages moved to a dead letter queue. */
    public long messagesDeadLettered() {
        return messagesDeadLettered.getLongValue();
    }

    /** Messages deleted by retention or after the last delivery. */
    public long messagesExpired() {
        return messagesExpired.getLongValue();
    }

    /** The counters of one queue; the same object until {@link #removeQueue}. Look it up once and keep it. */
    public QueueCounters queue(long number) {
        return queues.computeIfAbsent(number, added -> new QueueCounters());
    }

    /** The counters of a queue; null if it was never active. */
    public @Nullable QueueCounters findQueue(long number) {
        return queues.get(number);
    }

    /** Forgets a queue that was deleted. */
    public void removeQueue(long number) {
        queues.remove(number);
    }

    /** Counts a message whose content is missing from the store. */
    public void countWithoutContent() {
        messagesWithoutContent.inc();
    }

    /** Messages whose content was missing from the store. */
    public long messagesWithoutContent() {
        return messagesWithoutContent.getLongValue();
    }

    /** Replies that wait for the store: increment when parking, decrement when replying. */
    public LongAdder parkedReplies() {
        return parkedReplies;
    }

    /** Queues in memory: increment at activation, decrement at passivation. */
    public LongAdder activeQueues() {
        return activeQueues;
    }
}
