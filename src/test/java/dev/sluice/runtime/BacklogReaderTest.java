package dev.sluice.runtime;

import static dev.sluice.runtime.RunningRuntime.get;
import static dev.sluice.runtime.RunningRuntime.options;
import static dev.sluice.runtime.RunningRuntime.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.Limits;
import dev.sluice.queue.LimitsBuilder;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.metrics.QueueCounter;
import dev.sluice.runtime.metrics.QueueCounters;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.memory.MemoryStore;
import dev.sluice.store.rocksdb.RocksDbStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backlogs and counters of all queues, active and passive, before and after a restart. */
class BacklogReaderTest {
    private static final RuntimeOptions SOON_PASSIVE = options(100, 4096);
    private static final int HOUR_MILLIS = 3_600_000;

    @Test
    void theBacklogOfAnActiveQueueIsReadByState() {
        try (RunningRuntime running = new RunningRuntime(new MemoryStore())) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            fill(running, queue);
            assertFilled(only(running), running);
        }
    }

    @Test
    void aPassiveQueueStaysPassiveWhenItsBacklogIsRead() {
        try (RunningRuntime running = new RunningRuntime(new MemoryStore(), SOON_PASSIVE, Limits.DOCUMENTED)) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            fill(running, queue);
            await().until(() -> running.meters.activeQueues().sum() == 0);
            assertFilled(only(running), running);
            assertThat(running.backlog(queue)).isEqualTo(6);
            assertThat(running.meters.activeQueues().sum()).isZero();
        }
    }

    @Test
    void afterARestartBacklogsAreReadFromTheStoreWithoutActivation(@TempDir Path directory) {
        QueueStore store = RocksDbStore.open(directory, Durability.ASYNC);
        try (RunningRuntime running = new RunningRuntime(store)) {
            fill(running, running.createPulled("jobs", 3, ""));
        }
        store.close();
        QueueStore reopened = RocksDbStore.open(directory, Durability.ASYNC);
        try (RunningRuntime running = new RunningRuntime(reopened)) {
            BacklogSnapshot first = only(running).backlog();
            assertThat(first.count()).isEqualTo(6);
            assertThat(first.bytes()).isEqualTo(18);
            await().until(() -> only(running).backlog().isComplete());
            assertFilled(only(running), running);
            assertThat(only(running).counters()).isNull();
            assertThat(running.meters.activeQueues().sum()).isZero();
        }
        reopened.close();
    }

    @Test
    void theApisMetricsOfAPassiveQueueAreExactRightAfterARestart(@TempDir Path directory) {
        QueueStore store = RocksDbStore.open(directory, Durability.ASYNC);
        long oldestMillis;
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            fill(running, queue);
            oldestMillis = get(running.runtime.queueClient().metrics(queue)).oldestTimestampMillis();
        }
        store.close();
        QueueStore reopened = RocksDbStore.open(directory, Durability.ASYNC);
        try (RunningRuntime running = new RunningRuntime(reopened)) {
            assertThat(get(running.runtime.queueClient().metrics(running.find("jobs")))
                            .oldestTimestampMillis())
                    .isEqualTo(oldestMillis);
            assertThat(running.meters.activeQueues().sum()).isZero();
        }
        reopened.close();
    }

    @Test
    void eachOutcomeOfAMessageIsCounted() {
        try (RunningRuntime running = new RunningRuntime(new MemoryStore())) {
            QueueDefinition queue = running.createPulled("jobs", 0, "dead");
            running.push(queue, "a", "b", "c");
            List<QueueClient.Delivery> delivered = running.pull(queue, HOUR_MILLIS);
            running.ack(queue, delivered.subList(0, 1));
            LeaseId failed = new LeaseId(delivered.get(1).message().header().seq(), 1);
            get(running.runtime
                    .queueClient()
                    .ack(queue, new Ack(List.of(), List.of(new Ack.Retry(failed, NewMessage.DELAY_UNSET)))));
            running.push(queue, "d");
            running.pull(queue, 1);
            QueueDefinition dead = running.find("dead");
            await().until(() -> running.backlog(dead) == 2);

            QueueCounters counters = running.meters.findQueue(queue.number());
            assertThat(counters.get(QueueCounter.PUSHED)).isEqualTo(4);
            assertThat(counters.get(QueueCounter.DELIVERED)).isEqualTo(4);
            assertThat(counters.get(QueueCounter.ACKNOWLEDGED)).isEqualTo(1);
            assertThat(counters.get(QueueCounter.RETRIED)).isEqualTo(1);
            assertThat(counters.get(QueueCounter.DEAD_LETTERED_RETRIED)).isEqualTo(1);
            assertThat(counters.get(QueueCounter.DEAD_LETTERED_LEASE_EXPIRED)).isEqualTo(1);
            assertThat(running.meters.findQueue(dead.number()).get(QueueCounter.DEAD_LETTERS_RECEIVED))
                    .isEqualTo(2);
        }
    }

    @Test
    void refusedPushesAreCountedByReason() {
        Limits limits = LimitsBuilder.documented().backlogBytesMax(5).build();
        try (RunningRuntime running = new RunningRuntime(new MemoryStore(), options(60_000, 4096), limits)) {
            QueueDefinition queue = running.create("jobs");
            assertThat(refusal(running.pushing(queue, "too large"))).isEqualTo(QueueError.STORAGE_LIMIT);
            assertThat(running.meters.findQueue(queue.number()).get(QueueCounter.REJECTED_QUEUE_FULL))
                    .isEqualTo(1);
        }
    }

    @Test
    void aDeletedQueueIsForgotten() {
        try (RunningRuntime running = new RunningRuntime(new MemoryStore())) {
            QueueDefinition queue = running.create("jobs");
            running.push(queue, "a");
            get(running.runtime.catalogClient().deleteQueue(RunningRuntime.ACCOUNT, queue.queueId()));
            assertThat(get(running.runtime.backlogs().readAll())).isEmpty();
            assertThat(running.meters.findQueue(queue.number())).isNull();
        }
    }

    @Test
    void manyQueuesAreReadInTheOrderOfTheirNumbers() {
        try (RunningRuntime running = new RunningRuntime(new MemoryStore())) {
            List<QueueDefinition> queues = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                QueueDefinition queue = running.create("q" + i);
                queues.add(queue);
                if (i % 3 > 0) {
                    running.push(queue, "m".repeat(i));
                }
            }
            List<QueueBacklog> read = get(running.runtime.backlogs().readAll());
            assertThat(read).extracting(QueueBacklog::queue).containsExactlyElementsOf(queues);
            for (int i = 0; i < 200; i++) {
                assertThat(read.get(i).backlog().bytes()).isEqualTo(i % 3 > 0 ? i : 0);
            }
        }
    }

    /** Two messages ready, one of them after a retry; two delayed; two leased. Of 3 bytes each. */
    private static void fill(RunningRuntime running, QueueDefinition queue) {
        running.push(queue, "one", "two", "key");
        List<QueueClient.Delivery> delivered = running.pull(queue, HOUR_MILLIS);
        assertThat(delivered).hasSize(3);
        LeaseId retried = new LeaseId(delivered.get(0).message().header().seq(), 1);
        get(running.runtime.queueClient().ack(queue, new Ack(List.of(), List.of(new Ack.Retry(retried, 0)))));
        running.push(queue, "fox");
        for (int delaySeconds : new int[] {3_600, 7_200}) {
            NewMessage delayed =
                    new NewMessage(delaySeconds, 1, ContentType.TEXT, new byte[] {'l', 'a', 't'}, delaySeconds);
            get(running.runtime.queueClient().push(queue, List.of(delayed)));
        }
    }

    private static void assertFilled(QueueBacklog read, RunningRuntime running) {
        long nowMillis = running.nowMillis();
        BacklogSnapshot backlog = read.backlog();
        assertThat(backlog.count()).isEqualTo(6);
        assertThat(backlog.bytes()).isEqualTo(18);
        assertThat(backlog.leasedCount()).isEqualTo(2);
        assertThat(backlog.readyCount(nowMillis)).isEqualTo(2);
        assertThat(backlog.delayedCount(nowMillis)).isEqualTo(2);
        assertThat(backlog.delayedCount(nowMillis + 5_000_000)).isEqualTo(1);
        assertThat(backlog.delayedCount(nowMillis + 7_200_000)).isZero();
        assertThat(backlog.oldestTimestampMillis()).isBetween(nowMillis - 600_000, nowMillis);
    }

    private static QueueBacklog only(RunningRuntime running) {
        List<QueueBacklog> read = get(running.runtime.backlogs().readAll());
        assertThat(read).hasSize(1);
        return read.get(0);
    }
}
