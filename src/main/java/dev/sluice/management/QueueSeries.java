package dev.sluice.management;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.runtime.QueueBacklog;
import dev.sluice.runtime.metrics.MetricDescription;
import dev.sluice.runtime.metrics.QueueCounter;
import dev.sluice.runtime.metrics.QueueCounters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The labels of one queue, encoded once. */
    private static final class SeriesLabels {
        final String account;
        final String queue;
        final byte[] plain;
        final byte[] ready;
        final byte[] delayed;
        final byte[] leased;
        private final byte[][] byCounter = new byte[COUNTERS.length][];

        SeriesLabels(String account, String queue) {
            this.account = account;
            this.queue = queue;
            plain = labels("", "");
            ready = labels("state", "ready");
            delayed = labels("state", "delayed");
            leased = labels("state", "leased");
        }

        private byte[] labels(String name, String value) {
            return name.isEmpty()
                    ? SeriesText.labels("account", account, "queue", queue)
                    : SeriesText.labels("account", account, "queue", queue, name, value);
        }

        byte[] of(QueueCounter counter) {
            if (counter.reason().isEmpty()) {
                return plain;
            }
            int index = counter.index();
            if (byCounter[index] == null) {
                byCounter[index] = labels("reason", counter.reason());
            }
            return byCounter[index];
        }
    }

    private record OwnSeries(SeriesLabels labels, QueueBacklog queue) {}

    private record LabelledSum(SeriesLabels labels, Sum sum) {}

    /** The values of one series of queues. */
    private static final class Sum {
        long ready;
        long delayed;
        long leased;
        long bytes;
        double ageSeconds;
        boolean ageKnown = true;
        final long[] counters = new long[COUNTERS.length];

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

    /** The metrics that {@link #write} writes. */
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

    /**
     * Writes the series of these queues.
     *
     * @param queues all that exist, in the order of their numbers
     */
    void write(List<QueueBacklog> queues, long nowMillis, SeriesText text) {
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
        ownSeries.sort(BY_LABELS);
        List<LabelledSum> sums = new ArrayList<>(ownSeries.size() + 1);
        for (OwnSeries each : ownSeries) {
            Sum sum = new Sum();
            sum.add(each.queue(), nowMillis);
            sums.add(new LabelledSum(each.labels(), sum));
        }
        for (int i = 0; i < retired.length; i++) {
            others.counters[i] += retired[i];
            hasOthers |= retired[i] > 0;
        }
        if (hasOthers) {
            sums.add(new LabelledSum(restLabels, others));
        }
        write(sums, text);
    }

    private static void write(List<LabelledSum> sums, SeriesText text) {
        text.begin(MESSAGES, "gauge", MESSAGES_HELP);
        for (LabelledSum each : sums) {
            text.sample(each.labels.delayed, each.sum.delayed)
                    .sample(each.labels.leased, each.sum.leased)
                    .sample(each.labels.ready, each.sum.ready);
        }
        text.begin(BYTES, "gauge", BYTES_HELP);
        for (LabelledSum each : sums) {
            text.sample(each.labels.plain, each.sum.bytes);
        }
        text.begin(AGE, "gauge", AGE_HELP);
        for (LabelledSum each : sums) {
            if (each.sum.ageKnown) {
                text.sample(each.labels.plain, each.sum.ageSeconds);
            }
        }
        // Counters of one metric follow each other.
        for (int i = 0; i < COUNTERS.length; ) {
            int end = i + 1;
            while (end < COUNTERS.length && COUNTERS[end].metric().equals(COUNTERS[i].metric())) {
                end++;
            }
            write(COUNTERS, i, end, sums, text);
            i = end;
        }
    }

    private static void write(QueueCounter[] counters, int from, int to, List<LabelledSum> sums, SeriesText text) {
        text.begin(counters[from].metric() + "_total", "counter", counters[from].help());
        for (LabelledSum each : sums) {
            for (int i = from; i < to; i++) {
                long value = each.sum.counters[counters[i].index()];
                if (value > 0 || !counters[i].isRefusal()) {
                    text.sample(each.labels.of(counters[i]), value);
                }
            }
        }
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
}
