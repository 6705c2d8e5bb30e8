package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.QueueBacklog;
import dev.sluice.runtime.metrics.QueueCounter;
import dev.sluice.runtime.metrics.QueueCounters;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QueueSeriesTest {
    private static final long NOW_MILLIS = 1_000_000;
    private static final String OTHER = "{account=\"_other\",queue=\"_other\"";

    private final QueueSeries series = new QueueSeries(2);

    @Test
    void queuesBeyondTheLimitAreSummedUp() {
        assertThat(lines(queue(1, "a", 1), queue(2, "b", 2), queue(3, "c", 3), queue(4, "d", 4)))
                .contains(
                        "sluice_queue_bytes{account=\"acc\",queue=\"a\"} 1",
                        "sluice_queue_bytes{account=\"acc\",queue=\"b\"} 2",
                        "sluice_queue_bytes" + OTHER + "} 7",
                        "sluice_queue_messages" + OTHER + ",state=\"ready\"} 2",
                        "sluice_queue_messages_pushed_total" + OTHER + "} 7",
                        "sluice_queue_oldest_message_age_seconds" + OTHER + "} 4.0")
                .noneMatch(line -> line.contains("queue=\"c\""));
    }

    @Test
    void noCounterDecreasesWhenQueuesAreDeletedAndCreated() {
        lines(queue(1, "a", 1), queue(2, "b", 2), queue(3, "c", 3), queue(4, "d", 4));

        assertThat(lines(queue(2, "b", 2), queue(4, "d", 5), queue(5, "e", 6)))
                .contains(
                        "sluice_queue_messages_pushed_total{account=\"acc\",queue=\"b\"} 2",
                        "sluice_queue_messages_pushed_total{account=\"acc\",queue=\"e\"} 6",
                        "sluice_queue_messages_pushed_total" + OTHER + "} 8",
                        "sluice_queue_bytes" + OTHER + "} 5")
                .noneMatch(line -> line.contains("queue=\"a\"") || line.contains("queue=\"d\""));
    }

    @Test
    void aRenamedQueueKeepsItsSeriesUnderItsNewName() {
        lines(queue(1, "a", 1));

        assertThat(lines(queue(1, "z", 1)))
                .contains("sluice_queue_bytes{account=\"acc\",queue=\"z\"} 1")
                .noneMatch(line -> line.contains("queue=\"a\""));
    }

    @Test
    void anAgeThatIsNotKnownYetIsLeftOut() {
        QueueBacklog unread = new QueueBacklog(definition(1, "a"), BacklogSnapshot.UNREAD, null);

        assertThat(lines(unread))
                .contains("sluice_queue_bytes{account=\"acc\",queue=\"a\"} 0")
                .noneMatch(line -> line.startsWith("sluice_queue_oldest_message_age_seconds{"));
    }

    @Test
    void aReasonForRefusalsHasASeriesOnceItOccurred() {
        assertThat(lines(queue(1, "a", 1))).noneMatch(line -> line.contains("rejected"));
    }

    @Test
    void reasonsAreLabels() {
        QueueBacklog queue = queue(1, "a", 0);
        queue.counters().add(QueueCounter.REJECTED_DISK_FULL, 3);
        queue.counters().add(QueueCounter.DEAD_LETTERED_LEASE_EXPIRED, 4);

        assertThat(lines(queue))
                .contains(
                        "sluice_queue_messages_rejected_total{account=\"acc\",queue=\"a\",reason=\"disk_full\"} 3",
                        "sluice_queue_messages_dead_lettered_total{account=\"acc\",queue=\"a\",reason=\"lease_expired\"}"
                                + " 4");
    }

    private List<String> lines(QueueBacklog... queues) {
        SeriesText text = new SeriesText(16);
        series.write(List.of(queues), NOW_MILLIS, text);
        return text.toBuffer().toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void valuesOfLabelsAreEscapedAndNumbersWritten() {
        byte[] labels = SeriesText.labels("a", "b\\\"\n\u00e4", "c", "");
        SeriesText text = new SeriesText(1);
        text.begin("none", "gauge", "Without samples.");
        text.begin("m", "gauge", "Some.");
        for (long value : new long[] {0, 9, 10, 1_234_567_890_123L, Long.MAX_VALUE, -5}) {
            text.sample(labels, value);
        }
        text.sample(labels, 0.25);

        String start = "m{a=\"b\\\\\\\"\\n\u00e4\",c=\"\"} ";
        assertThat(text.toBuffer().toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "# HELP m Some.",
                        "# TYPE m gauge",
                        start + "0",
                        start + "9",
                        start + "10",
                        start + "1234567890123",
                        start + "9223372036854775807",
                        start + "-5",
                        start + "0.25");
    }

    /** A queue with a message of so many bytes, which is so many seconds old, and so many messages pushed. */
    private static QueueBacklog queue(long number, String name, int size) {
        QueueCounters counters = new QueueCounters();
        counters.add(QueueCounter.PUSHED, size);
        return new QueueBacklog(
                definition(number, name),
                new BacklogSnapshot(1, size, 0, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE, NOW_MILLIS - size * 1_000L),
                counters);
    }

    private static QueueDefinition definition(long number, String name) {
        return new QueueDefinition(number, "acc", "id" + number, name, "", QueueSettings.DEFAULT, null, 0, 0);
    }

    @Test
    void everySeriesIsDescribed() {
        List<String> described = QueueSeries.descriptions().stream()
                .map(each -> "# TYPE " + each.name() + " " + each.type())
                .toList();
        QueueBacklog queue = queue(1, "a", 1);
        queue.counters().increment(QueueCounter.REJECTED_RATE);
        Stream<String> types = lines(queue).stream().filter(line -> line.startsWith("# TYPE"));

        assertThat(types).containsExactlyInAnyOrderElementsOf(described);
    }
}
