package dev.sluice.runtime;

import static dev.sluice.runtime.RunningRuntime.bodies;
import static dev.sluice.runtime.RunningRuntime.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.queue.Ack;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.store.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Dead letters between queues that are stored apart: each step in a batch of its own queue. */
class DeadLetterOutboxTest {
    private static final int LEASE_MILLIS = 60_000;

    private static FaultyStore apart(MemoryStore store) {
        FaultyStore apart = new FaultyStore(store);
        apart.apart = true;
        return apart;
    }

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    private static void failAll(RunningRuntime running, QueueDefinition queue, int count) {
        List<Ack.Retry> retries = new ArrayList<>();
        while (retries.size() < count) {
            for (QueueClient.Delivery delivery : running.pull(queue, LEASE_MILLIS)) {
                retries.add(new Ack.Retry(
                        new LeaseId(delivery.message().header().seq(), delivery.delivery()), NewMessage.DELAY_UNSET));
            }
        }
        running.runtime.queueClient().ack(queue, new Ack(List.of(), retries));
    }

    private static List<String> drain(RunningRuntime running, QueueDefinition queue) {
        List<String> all = new ArrayList<>();
        List<QueueClient.Delivery> more = running.pull(queue, LEASE_MILLIS);
        while (!more.isEmpty()) {
            all.addAll(bodies(more));
            more = running.pull(queue, LEASE_MILLIS);
        }
        return all;
    }

    @Test
    void manyDeadLettersMoveOnceEach() {
        try (RunningRuntime running = new RunningRuntime(apart(new MemoryStore()))) {
            QueueDefinition dead = running.createPulled("dead", 0, "");
            QueueDefinition queue = running.createPulled("jobs", 0, "dead");
            running.push(queue, numbered(250));
            failAll(running, queue, 250);

            await().until(() -> running.backlog(queue) == 0);
            assertThat(running.backlog(dead)).isEqualTo(250);
            assertThat(running.meters.messagesDeadLettered()).isEqualTo(250);
            assertThat(drain(running, dead)).containsExactlyInAnyOrder(numbered(250));
        }
    }

    @Test
    void whereverTheStoreFailsEachDeadLetterMovesOnce() {
        for (int commits = 0; commits <= 6; commits++) {
            for (boolean lastIsStored : new boolean[] {false, true}) {
                failAfter(commits, lastIsStored);
            }
        }
    }

    private static void failAfter(int commits, boolean lastIsStored) {
        MemoryStore store = new MemoryStore();
        FaultyStore faulty = apart(store);
        faulty.lastIsStored = lastIsStored;
        try (RunningRuntime running = new RunningRuntime(faulty)) {
            running.createPulled("dead", 0, "");
            QueueDefinition queue = running.createPulled("jobs", 0, "dead");
            running.push(queue, numbered(3));
            running.pull(queue, LEASE_MILLIS);
            faulty.commitsLeft.set(commits);
            List<Ack.Retry> retries = IntStream.rangeClosed(1, 3)
                    .mapToObj(seq -> new Ack.Retry(new LeaseId(seq, 1), NewMessage.DELAY_UNSET))
                    .toList();
            running.runtime.queueClient().ack(queue, new Ack(List.of(), retries));
            await().until(() -> faulty.commitsLeft.get() < 0 || running.backlog(queue) == 0);
        }

        try (RunningRuntime again = new RunningRuntime(apart(store.reopen()))) {
            QueueDefinition queue = again.find("jobs");
            // What was not failed yet is still leased.
            List<Ack.Retry> retries = IntStream.rangeClosed(1, 3)
                    .mapToObj(seq -> new Ack.Retry(new LeaseId(seq, 1), NewMessage.DELAY_UNSET))
                    .toList();
            get(again.runtime.queueClient().ack(queue, new Ack(List.of(), retries)));
            await().until(() -> again.backlog(queue) == 0);
            assertThat(drain(again, again.find("dead")))
                    .as("after %d commits, the last one stored: %s", commits, lastIsStored)
                    .containsExactlyInAnyOrder(numbered(3));
        }
    }

    @Test
    void aDeadLetterQueueThatWasDeletedDuringAMoveIsMadeAgain() {
        FaultyStore store = apart(new MemoryStore());
        try (RunningRuntime running = new RunningRuntime(store)) {
            running.createPulled("dead", 0, "");
            QueueDefinition queue = running.createPulled("jobs", 0, "dead");
            running.push(queue, numbered(3));
            running.pull(queue, LEASE_MILLIS);
            get(running.runtime
                    .catalogClient()
                    .deleteQueue(RunningRuntime.ACCOUNT, running.find("dead").queueId()));
            List<Ack.Retry> retries = IntStream.rangeClosed(1, 3)
                    .mapToObj(seq -> new Ack.Retry(new LeaseId(seq, 1), NewMessage.DELAY_UNSET))
                    .toList();
            get(running.runtime.queueClient().ack(queue, new Ack(List.of(), retries)));

            await().until(() -> running.backlog(queue) == 0);
            assertThat(running.backlog(running.find("dead"))).isEqualTo(3);
        }
    }

    @Test
    void aPurgeOfTheOriginDuringAMoveLosesNoCount() {
        FaultyStore store = apart(new MemoryStore());
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition dead = running.createPulled("dead", 0, "");
            QueueDefinition queue = running.createPulled("jobs", 0, "dead");
            running.push(queue, numbered(3));
            failAll(running, queue, 3);
            get(running.runtime.queueClient().purge(queue));
            running.push(queue, "later");

            await().until(() -> running.backlog(queue) == 1);
            assertThat(running.backlog(dead)).isIn(0L, 3L);
            assertThat(bodies(running.pull(queue, LEASE_MILLIS))).containsExactly("later");
        }
    }
}
