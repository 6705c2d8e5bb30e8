package dev.sluice.runtime;

import static dev.sluice.runtime.RunningRuntime.bodies;
import static dev.sluice.runtime.RunningRuntime.get;
import static dev.sluice.runtime.RunningRuntime.options;
import static dev.sluice.runtime.RunningRuntime.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreResults;
import dev.sluice.store.memory.MemoryStore;
import dev.sluice.store.rocksdb.RocksDbStore;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues on real event loops: activation, passivation, deadlines, overload, restart, failure, deletion. */
class QueueRuntimeTest {

    @Test
    void aThousandQueuesArePassivatedAndActivatedAtTheirDeadlines() {
        try (RunningRuntime running = new RunningRuntime(new MemoryStore(), options(100, 4096), Limits.DOCUMENTED)) {
            List<QueueDefinition> queues = new ArrayList<>();
            List<Future<?>> pushes = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                QueueDefinition queue = running.createPulled("q" + i, 0, "");
                queues.add(queue);
                pushes.add(running.pushing(queue, "m" + i));
            }
            get(Future.all(pushes));
            List<Future<?>> pulls = new ArrayList<>();
            queues.forEach(queue -> pulls.add(running.pulling(queue, 1, 2_000)
                    .onSuccess(delivered -> delivered.pending().sent())));
            get(Future.all(pulls));
            assertThat(running.meters.messagesDelivered()).isEqualTo(1_000);
            await().until(() -> running.meters.activeQueues().sum() < 500 || running.meters.messagesExpired() > 0);
            await().until(() -> running.meters.messagesExpired() == 1_000);
            await().until(() -> running.meters.activeQueues().sum() == 0);
            assertThat(running.backlog(queues.get(500))).isZero();
        }
    }

    @Test
    void requestsToAQueueThatIsLoadingWait() {
        FaultyStore store = new FaultyStore(new MemoryStore());
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition queue = running.create("jobs");
            store.gate = new CompletableFuture<>();
            List<Future<?>> pushes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                pushes.add(running.pushing(queue, "m" + i));
            }
            assertThat(pushes).noneMatch(Future::isComplete);
            store.gate.complete(null);
            get(Future.all(pushes));
            assertThat(running.backlog(queue)).isEqualTo(50);
        }
    }

    @Test
    void requestsAboveTheLimitOfAQueueAreOverloaded() {
        FaultyStore store = new FaultyStore(new MemoryStore());
        try (RunningRuntime running = new RunningRuntime(store, options(60_000, 3), Limits.DOCUMENTED)) {
            QueueDefinition queue = running.create("jobs");
            store.gate = new CompletableFuture<>();
            List<Future<?>> pushes = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                pushes.add(running.pushing(queue, "m" + i));
            }
            assertThat(refusal(pushes.get(9))).isEqualTo(QueueError.OVERLOADED);
            store.gate.complete(null);
            assertThat(pushes.subList(0, 3)).allSatisfy(RunningRuntime::get);
            assertThat(running.backlog(queue)).isEqualTo(3);
        }
    }

    @Test
    void aRestartKeepsCatalogLeasesAndCounts(@TempDir Path directory) {
        QueueStore store = RocksDbStore.open(directory, Durability.FSYNC);
        byte[] key;
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            running.push(queue, "a", "b", "c");
            assertThat(running.pull(queue, 600_000)).hasSize(3);
            running.push(queue, "d");
            key = running.runtime.installationKey();
        }
        store.close();
        QueueStore reopened = RocksDbStore.open(directory, Durability.FSYNC);
        try (RunningRuntime running = new RunningRuntime(reopened)) {
            QueueDefinition queue = running.find("jobs");
            assertThat(running.runtime.installationKey()).isEqualTo(key);
            assertThat(running.backlog(queue)).isEqualTo(4);
            assertThat(bodies(running.pull(queue, 600_000))).containsExactly("d");
            assertThat(running.create("more").number()).isGreaterThan(queue.number());
        }
        reopened.close();
    }

    @Test
    void aFailedStoreMakesAQueueUnavailableUntilItLoadsAgain() {
        FaultyStore store = new FaultyStore(new MemoryStore());
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            running.push(queue, "kept");
            store.refusing = true;
            assertThat(refusal(running.pushing(queue, "lost"))).isEqualTo(QueueError.UNAVAILABLE);
            store.refusing = false;
            await().ignoreExceptionsInstanceOf(QueueException.class).until(() -> {
                running.push(queue, "later");
                return true;
            });
            assertThat(bodies(running.pull(queue, 1_000))).containsExactly("kept", "later");
        }
    }

    @Test
    void aDeletedDeadLetterQueueIsCreatedAgainWhenItIsNeeded() {
        try (RunningRuntime running = new RunningRuntime(new MemoryStore())) {
            QueueDefinition queue = running.createPulled("jobs", 0, "dead");
            get(running.runtime
                    .catalogClient()
                    .deleteQueue(RunningRuntime.ACCOUNT, running.find("dead").queueId()));
            running.push(queue, "poison");
            assertThat(running.pull(queue, 1)).hasSize(1);
            await().until(() -> running.find("dead") != null);
            await().until(() -> running.backlog(queue) == 0);
            assertThat(running.backlog(running.find("dead"))).isEqualTo(1);
            assertThat(running.meters.messagesDeadLettered()).isEqualTo(1);
        }
    }

    @Test
    void aQueueIsDeletedWhileItIsPushedTo(@TempDir Path directory) {
        QueueStore store = RocksDbStore.open(directory, Durability.ASYNC);
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition queue = running.create("jobs");
            List<Future<?>> pushes = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                pushes.add(running.pushing(queue, "m" + i));
            }
            Future<Void> deleted = running.runtime.catalogClient().deleteQueue(RunningRuntime.ACCOUNT, queue.queueId());
            get(deleted);
            assertThat(refusal(running.pushing(queue, "late"))).isEqualTo(QueueError.QUEUE_UNKNOWN_TO_MESSAGES);
            get(Future.join(pushes).otherwiseEmpty());
            assertThat(store.heads().toCompletableFuture().join()).doesNotContainKey(queue.number());
            assertThat(StoreResults.allArrivals(store, queue.number())).isEmpty();
            QueueDefinition again = running.createPulled("jobs", 3, "");
            running.push(again, "new");
            assertThat(bodies(running.pull(again, 1_000))).containsExactly("new");
        }
        store.close();
    }

    @Test
    void aDeletionWaitsForRequestsInFlightAndChangesNothingIfTheyTakeTooLong() {
        FaultyStore store = new FaultyStore(new MemoryStore());
        RuntimeOptions shortTimeout =
                new RuntimeOptions(4096, 64L << 20, 0, 2_000, 60_000, QueueState.WINDOW_MESSAGES_MAX);
        try (RunningRuntime running = new RunningRuntime(store, shortTimeout, Limits.DOCUMENTED)) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            await().ignoreExceptionsInstanceOf(QueueException.class)
                    .untilAsserted(() -> get(running.pushing(queue, "before")));
            List<Runnable> held = Collections.synchronizedList(new ArrayList<>());
            store.heldCommits = held;
            Future<?> slow = running.pushing(queue, "slow");
            await().until(() -> !held.isEmpty());
            assertThat(refusal(running.runtime.catalogClient().deleteQueue(RunningRuntime.ACCOUNT, queue.queueId())))
                    .isEqualTo(QueueError.UNAVAILABLE);

            store.heldCommits = null;
            held.forEach(Runnable::run);
            get(slow.otherwiseEmpty());
            await().ignoreExceptionsInstanceOf(QueueException.class)
                    .untilAsserted(() -> get(running.pushing(queue, "after")));
            await().ignoreExceptionsInstanceOf(QueueException.class)
                    .untilAsserted(() ->
                            get(running.runtime.catalogClient().deleteQueue(RunningRuntime.ACCOUNT, queue.queueId())));
        }
    }

    @Test
    void closingLeavesNoParkedReplyAndNoActiveQueue() {
        RunningRuntime running = new RunningRuntime(new MemoryStore());
        QueueDefinition queue = running.createPulled("jobs", 3, "");
        running.push(queue, "a", "b");
        running.ack(queue, running.pull(queue, 1_000));
        running.close();
        assertThat(running.meters.activeQueues().sum()).isZero();
        assertThat(running.meters.parkedReplies().sum()).isZero();
        assertThat(running.meters.messagesPushed()).isEqualTo(2);
        assertThat(running.meters.messagesAcked()).isEqualTo(2);
    }
}
