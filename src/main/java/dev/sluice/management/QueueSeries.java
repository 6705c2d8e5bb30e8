package dev.sluice.management;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.runtime.QueueBacklog;
import dev.sluice.runtime.metrics.MetricDescription;
import dev.sluice.runtime.metrics.QueueCounter;
import dev.sluice.runtime.metrics.QueueCounters;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The series of queues. At most {@code queuesMax} queues have series of their own, the first ones by creation; the
 * others are summed up in one. A queue keeps its place as long as it exists, so that no counter decreases. A reason for
 * refusals has a series once it occurred: there are many of them, and most queues never refuse anything.
 *
 * <p>Not safe for use from several threads.
 */
final class QueueSeries {
    private static final String MESSAGES = "sluice_queue_messages";
    private static final String BYTES = "sluice_queue_bytes";
    private static final String AGE = "sluice_queue_oldest_message_age_seconds";
    private static final String MESSAGES_HELP = "Messages in the backlog by state: ready, delayed or leased.";
    private static final String BYTES_HELP = "Bytes of the bodies of all messages in the backlog.";
    private static final String AGE_HELP = "Time since the publication of the oldest message; 0 without messages.";

    private static final QueueCounter[] COUNTERS = QueueCounter.values();
    private static final double MILLIS_PER_SECOND = 1_000;
    /** The label value that stands for all queues without series of their own; no name of a queue. */
    private static final String REST = "_other";

    private static final Comparator<OwnSeries> BY_LABELS = Comparator.<OwnSeries, String>comparing(
                    series -> series.labels().account)
            .thenComparing(series -> series.labels().queue);

    private final int queuesMax;
    /** Queues with series of their own. */
    private final Map<Long, SeriesLabels> own = new HashMap<>();
    /** The counters of all other queues, null for those that were never active. */
    private final Map<Long, @Nullable QueueCounters> rest = new HashMap<>();
    /** What deleted queues without series of their own had counted. */
    private final long[] retired = new long[COUNTERS.length];

    private final SeriesLabels restLabels = new SeriesLabels(REST, REST);

    /** The labels of one queue, made once. */
    private static final class SeriesLabels {
        final String account;
        final String queue;
        final Labels plain;
        final Labels ready;
        final Labels delayed;
        final Labels leased;
        private final Labels[] byCounter = new Labels[COUNTERS.length];

        SeriesLabels(String account, String queue) {
            this.account = account;
            this.queue = queue;
            plain = Labels.of("account", account, "queue", queue);
            ready = plain.add("state", "ready");
            delayed = plain.add("state", "delayed");
            leased = plain.add("state", "leased");
        }

        Labels of(QueueCounter counter) {
            if (counter.reason().isEmpty()) {
                return plain;
            }
            int index = counter.index();
            if (byCounter[index] == null) {
                byCounter[index] = plain.add("reason", counter.reason());
            }
            return byCounter[index];
        }
    }

    private record OwnSeries(SeriesLabels labels, QueueBacklog queue) {}

    /** The values of one series of queues. */
    private static final class Sum {
        long ready;
        long delayed;
        long leased;
        long bytes;
        double ageSeconds;
        boolean ageKnown = true;
        final long[] counters = new long[COUNTERS.length];

        void clear() {
            ready = 0;
            delayed = 0;
            leased = 0;
            bytes = 0;
            ageSeconds = 0;
            ageKnown = true;
            Arrays.fill(counters, 0);
        }

        void add(QueueBacklog queue, long nowMillis) {
            BacklogSnapshot backlog = queue.backlog();
            ready += backlog.readyCount(nowMillis);
            delayed += backlog.delayedCount(nowMillis);
            leased += backlog.leasedCount();
            bytes += backlog.bytes();
            ageKnown &= backlog.isComplete();
            if (backlog.isComplete() && backlog.count() > 0) {
                ageSeconds = Math.max(
                        ageSeconds, Math.max(0, nowMillis - backlog.oldestTimestampMillis()) / MILLIS_PER_SECOND);
            }
            if (queue.counters() != null) {
                for (QueueCounter counter : COUNTERS) {
                    counters[counter.index()] += queue.counters().get(counter);
                }
            }
        }
    }

    QueueSeries(int queuesMax) {
        this.queuesMax = queuesMax;
    }

    /** The metrics that {@link #snapshots} returns. */
    static List<MetricDescription> descriptions() {
        Map<String, MetricDescription> all = new LinkedHashMap<>();
        all.put(
                MESSAGES,
                new MetricDescription(MESSAGES, "gauge", List.of("account", "queue", "state"), MESSAGES_HELP));
        all.put(BYTES, new MetricDescription(BYTES, "gauge", List.of("account", "queue"), BYTES_HELP));
        all.put(AGE, new MetricDescription(AGE, "gauge", List.of("account", "queue"), AGE_HELP));
        for (QueueCounter counter : COUNTERS) {
            List<String> labels =
                    counter.reason().isEmpty() ? List.of("account", "queue") : List.of("account", "queue", "reason");
            String name = counter.metric() + "_total";
            all.put(name, new MetricDescription(name, "counter", labels, counter.help()));
        }
        return List.copyOf(all.values());
    }

    /** The series of these queues, which are all that exist, in the order of their numbers. */
    MetricSnapshots snapshots(List<QueueBacklog> queues, long nowMillis) {
        retireDeleted(queues);
        List<OwnSeries> ownSeries = new ArrayList<>(Math.min(queues.size(), queuesMax));
        Sum others = new Sum();
        boolean hasOthers = false;
        for (QueueBacklog each : queues) {
            SeriesLabels labels = ownLabels(each);
            if (labels == null) {
                hasOthers = true;
                others.add(each, nowMillis);
            } else {
                ownSeries.add(new OwnSeries(labels, each));
            }
        }
        // In the order of their labels, so that the library has nothing to sort in lists that are much longer.
        ownSeries.sort(BY_LABELS);
        Points points = new Points(ownSeries.size() + 1);
        Sum one = new Sum();
        for (OwnSeries each : ownSeries) {
            one.clear();
            one.add(each.queue(), nowMillis);
            points.add(each.labels(), one);
        }
        for (int i = 0; i < retired.length; i++) {
            others.counters[i] += retired[i];
            hasOthers |= retired[i] > 0;
        }
        if (hasOthers) {
            points.add(restLabels, others);
        }
        return points.snapshots();
    }

    /** The labels of a queue with series of its own, or null. */
    private @Nullable SeriesLabels ownLabels(QueueBacklog each) {
        long number = each.queue().number();
        SeriesLabels known = own.get(number);
        if (known == null && (rest.containsKey(number) || own.size() >= queuesMax)) {
            rest.put(number, each.counters());
            return null;
        }
        if (known == null || !known.queue.equals(each.queue().name())) {
            known = new SeriesLabels(each.queue().accountId(), each.queue().name());
            own.put(number, known);
        }
        return known;
    }

    private void retireDeleted(List<QueueBacklog> queues) {
        if (queues.size() == own.size() + rest.size() && queues.stream().allMatch(this::isKnown)) {
            return;
        }
        Map<Long, QueueBacklog> existing = new HashMap<>();
        queues.forEach(queue -> existing.put(queue.queue().number(), queue));
        own.keySet().retainAll(existing.keySet());
        rest.entrySet().removeIf(entry -> {
            boolean deleted = !existing.containsKey(entry.getKey());
            if (deleted && entry.getValue() != null) {
                for (QueueCounter counter : COUNTERS) {
                    retired[counter.index()] += entry.getValue().get(counter);
                }
            }
            return deleted;
        });
    }

    private boolean isKnown(QueueBacklog queue) {
        long number = queue.queue().number();
        return own.containsKey(number) || rest.containsKey(number);
    }

    /** The data points of all series by metric. */
    private static final class Points {
        private final List<GaugeDataPointSnapshot> messages;
        private final List<GaugeDataPointSnapshot> bytes;
        private final List<GaugeDataPointSnapshot> ages;
        private final Map<String, List<CounterDataPointSnapshot>> counters = new LinkedHashMap<>();

        Points(int series) {
            messages = new ArrayList<>(3 * series);
            bytes = new ArrayList<>(series);
            ages = new ArrayList<>(series);
            for (QueueCounter counter : COUNTERS) {
                counters.computeIfAbsent(counter.metric(), metric -> new ArrayList<>(series));
            }
        }

        void add(SeriesLabels labels, Sum sum) {
            messages.add(new GaugeDataPointSnapshot(sum.delayed, labels.delayed, null));
            messages.add(new GaugeDataPointSnapshot(sum.leased, labels.leased, null));
            messages.add(new GaugeDataPointSnapshot(sum.ready, labels.ready, null));
            bytes.add(new GaugeDataPointSnapshot(sum.bytes, labels.plain, null));
            if (sum.ageKnown) {
                ages.add(new GaugeDataPointSnapshot(sum.ageSeconds, labels.plain, null));
            }
            for (QueueCounter counter : COUNTERS) {
                long value = sum.counters[counter.index()];
                if (value > 0 || !counter.isRefusal()) {
                    Objects.requireNonNull(counters.get(counter.metric()))
                            .add(new CounterDataPointSnapshot(value, labels.of(counter), null, 0));
                }
            }
        }

        MetricSnapshots snapshots() {
            MetricSnapshots.Builder all = MetricSnapshots.builder();
            all.metricSnapshot(new GaugeSnapshot(new MetricMetadata(MESSAGES, MESSAGES_HELP), messages));
            all.metricSnapshot(new GaugeSnapshot(new MetricMetadata(BYTES, BYTES_HELP), bytes));
            all.metricSnapshot(new GaugeSnapshot(new MetricMetadata(AGE, AGE_HELP), ages));
            for (QueueCounter counter : COUNTERS) {
                List<CounterDataPointSnapshot> values = counters.remove(counter.metric());
                if (values != null) {
                    all.metricSnapshot(
                            new CounterSnapshot(new MetricMetadata(counter.metric(), counter.help()), values));
                }
            }
            return all.build();
        }
    }
}
