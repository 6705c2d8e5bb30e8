package dev.sluice.management;

import dev.sluice.runtime.metrics.BucketCounter;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.metrics.RequestMeter;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.TreeMap;

/** Converts {@link Meters} to Prometheus snapshots at each scrape, with their public names. */
final class MetersCollector implements MultiCollector {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Meters meters;

    MetersCollector(Meters meters) {
        this.meters = meters;
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        all.metricSnapshot(requests());
        all.metricSnapshot(requestSeconds());
        all.metricSnapshot(counter(
                "messages_pushed",
                "Messages stored by pushes.",
                meters.messagesPushed().sum()));
        all.metricSnapshot(counter(
                "messages_delivered",
                "Messages delivered to consumers.",
                meters.messagesDelivered().sum()));
        all.metricSnapshot(counter(
                "messages_acked",
                "Messages acknowledged.",
                meters.messagesAcked().sum()));
        all.metricSnapshot(counter(
                "messages_retried",
                "Messages retried by consumers.",
                meters.messagesRetried().sum()));
        all.metricSnapshot(counter(
                "messages_dead_lettered",
                "Messages moved to a dead letter queue.",
                meters.messagesDeadLettered().sum()));
        all.metricSnapshot(counter(
                "messages_expired",
                "Messages deleted at the end of their retention.",
                meters.messagesExpired().sum()));
        all.metricSnapshot(gauge(
                "sluice_parked_replies",
                "Replies that wait for a commit.",
                meters.parkedReplies().sum()));
        all.metricSnapshot(gauge(
                "sluice_active_queues",
                "Queues in memory.",
                meters.activeQueues().sum()));
        all.metricSnapshot(histogram("commit_batches", "Batches stored by one write.")
                .dataPoint(point(meters.commitBatches(), 1, Labels.EMPTY))
                .build());
        all.metricSnapshot(histogram("commit_seconds", "Time of one write with its sync.")
                .dataPoint(point(meters.commitNanos(), NANOS_PER_SECOND, Labels.EMPTY))
                .build());
        for (Meters.Gauge gauge : meters.gauges()) {
            all.metricSnapshot(gauge(gauge.name(), gauge.doc(), gauge.value().getAsLong()));
        }
        return all.build();
    }

    private CounterSnapshot requests() {
        CounterSnapshot.Builder requests =
                CounterSnapshot.builder().name("sluice_requests").help("Responses by operation and HTTP status.");
        for (Map.Entry<String, RequestMeter> operation : sorted().entrySet()) {
            operation
                    .getValue()
                    .responsesByStatus()
                    .forEach((status, count) -> requests.dataPoint(CounterDataPointSnapshot.builder()
                            .labels(Labels.of("operation", operation.getKey(), "status", String.valueOf(status)))
                            .value(count)
                            .build()));
        }
        return requests.build();
    }

    private HistogramSnapshot requestSeconds() {
        HistogramSnapshot.Builder seconds = histogram("request_seconds", "Response time by operation.");
        sorted().forEach((operation, meter) ->
                seconds.dataPoint(point(meter.nanos(), NANOS_PER_SECOND, Labels.of("operation", operation))));
        return seconds.build();
    }

    private Map<String, RequestMeter> sorted() {
        return new TreeMap<>(meters.requests());
    }

    private static CounterSnapshot counter(String name, String doc, long value) {
        return CounterSnapshot.builder()
                .name("sluice_" + name)
                .help(doc)
                .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
                .build();
    }

    private static GaugeSnapshot gauge(String name, String doc, long value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(doc)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }

    private static HistogramSnapshot.Builder histogram(String name, String doc) {
        return HistogramSnapshot.builder().name("sluice_" + name).help(doc);
    }

    private static HistogramDataPointSnapshot point(BucketCounter distribution, double unit, Labels labels) {
        long[] bounds = distribution.bounds();
        double[] upperBounds = new double[bounds.length + 1];
        for (int i = 0; i < bounds.length; i++) {
            upperBounds[i] = bounds[i] / unit;
        }
        upperBounds[bounds.length] = Double.POSITIVE_INFINITY;
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(upperBounds, distribution.counts()))
                .sum(distribution.sum() / unit)
                .labels(labels)
                .build();
    }
}
