package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.Samples.leased;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Lease;
import dev.sluice.queue.QueueEvent;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private static final int GROUP_BYTES_MAX = 100_000;

    private final ScriptedDisk disk = new ScriptedDisk();
    private final AtomicInteger failures = new AtomicInteger();
    private final List<Integer> metered = Collections.synchronizedList(new ArrayList<>());
    private final GroupCommit groupCommit = new GroupCommit(
            disk, failures::incrementAndGet, GROUP_BYTES_MAX, (batches, nanos) -> metered.add(nanos > 0 ? batches : 0));
    private final List<String> notified = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        disk.allowWrites(1_000);
        groupCommit.close();
    }

    @Test
    void commitsDuringAWriteFormTheNextGroup() throws Exception {
        commit("first", durable(1));
        disk.awaitWrites(1);
        for (int i = 0; i < 20; i++) {
            commit("later " + i, durable(2 + i));
        }
        disk.allowWrites(2);
        awaitNotified(21);

        assertThat(disk.syncs()).containsExactly(true, true);
        assertThat(disk.recordCounts()).containsExactly(2, 21);
        assertThat(metered).containsExactly(1, 20);
        assertThat(notified.get(0)).isEqualTo("first ok");
        assertThat(notified.get(20)).isEqualTo("later 19 ok");
    }

    @Test
    void aGroupIsSyncedOnlyIfItHasADurableBatch() throws Exception {
        commit("a", nonDurable(1));
        disk.awaitWrites(1);
        commit("b", nonDurable(2));
        commit("c", durable(3));
        disk.allowWrites(1);
        disk.awaitWrites(2);
        commit("d", nonDurable(4));
        disk.allowWrites(2);
        awaitNotified(4);

        assertThat(disk.syncs()).containsExactly(false, true, false);
    }

    @Test
    void aGroupDoesNotGrowBeyondItsLimit() throws Exception {
        commit("first", durable(1));
        disk.awaitWrites(1);
        for (int i = 0; i < 4; i++) {
            commit("big " + i, big(2 + i, 60_000));
        }
        disk.allowWrites(10);
        awaitNotified(5);

        assertThat(disk.recordCounts()).hasSize(3);
    }

    @Test
    void aBatchAboveTheLimitIsWrittenAlone() throws Exception {
        disk.allowWrites(10);
        commit("huge", big(1, 3 * GROUP_BYTES_MAX));
        awaitNotified(1);

        assertThat(notified).containsExactly("huge ok");
    }

    @Test
    void listenersAreNotifiedAfterTheWriteOnly() throws Exception {
        commit("a", durable(1));
        disk.awaitWrites(1);

        assertThat(notified).isEmpty();
        assertThat(groupCommit.bytesWaiting()).isPositive();
        disk.allowWrites(1);
        awaitNotified(1);
        assertThat(groupCommit.bytesWaiting()).isZero();
    }

    @Test
    void theNextGroupIsWrittenWhileThePreviousListenersAreNotified() throws Exception {
        CountDownLatch secondWriteStarted = new CountDownLatch(1);
        groupCommit.commit(durable(1), failure -> {
            await(secondWriteStarted);
            notified.add("first");
        });
        disk.awaitWrites(1);
        commit("second", durable(2));
        disk.allowWrites(1);
        disk.awaitWrites(2);
        secondWriteStarted.countDown();
        disk.allowWrites(1);
        awaitNotified(2);

        assertThat(notified).containsExactly("first", "second ok");
    }

    @Test
    void theWriterNotifiesTheListenersIfNoBatchIsPending() throws Exception {
        disk.allowWrites(3);
        for (int i = 1; i <= 3; i++) {
            groupCommit.commit(
                    durable(i), failure -> notified.add(Thread.currentThread().getName()));
            awaitNotified(i);
        }

        assertThat(notified).containsOnly("sluice-store-write");
    }

    @Test
    void aFailedWriteFailsItsGroupAndAllLaterOnes() throws Exception {
        commit("first", durable(1));
        disk.awaitWrites(1);
        commit("a", durable(2));
        commit("b", nonDurable(3));
        disk.failWrites();
        disk.allowWrites(2);
        awaitNotified(3);
        disk.succeed();
        commit("c", durable(4));
        awaitNotified(4);

        assertThat(notified).containsExactly("first disk broke", "a disk broke", "b disk broke", "c disk broke");
        assertThat(disk.syncs()).as("nothing is written after the failure").hasSize(1);
    }

    @Test
    void batchesBasedOnAFailedBatchAreRefusedAfterReopening() throws Exception {
        commit("first", durable(1));
        disk.awaitWrites(1);
        disk.failWrites();
        disk.allowWrites(10);
        awaitNotified(1);
        disk.succeed();
        assertThat(groupCommit.failure()).isPresent();
        groupCommit.resume();
        commit("built on the first", durable(2));
        commit("loaded again", durableOf(1, 3));
        awaitNotified(3);

        assertThat(groupCommit.failure()).isEmpty();
        assertThat(groupCommit.generation()).isEqualTo(1);
        assertThat(notified)
                .containsExactly(
                        "first disk broke",
                        "built on the first the store was opened again since the batch was made",
                        "loaded again ok");
        assertThat(disk.recordCounts()).as("message and head of each write").containsExactly(2, 2);
        assertThat(failures).as("times the failure was reported").hasValue(1);
    }

    @Test
    void batchesOfAnEarlierGenerationInAGroupAreRefused() throws Exception {
        disk.failWrites();
        disk.allowWrites(1);
        commit("broken", durable(1));
        awaitNotified(1);
        disk.succeed();
        groupCommit.resume();
        commit("blocks", durableOf(1, 2));
        disk.awaitWrites(2);
        commit("old", durable(3));
        commit("new", durableOf(1, 4));
        commit("old", nonDurable(5));
        disk.allowWrites(10);
        awaitNotified(5);

        assertThat(disk.recordCounts()).as("nothing of the old ones").containsExactly(2, 2, 2);
        assertThat(notified).contains("blocks ok", "new ok");
        assertThat(groupCommit.bytesWaiting()).isZero();
    }

    @Test
    void anExceptionInAListenerDoesNotAffectOthers() throws Exception {
        disk.allowWrites(10);
        groupCommit.commit(durable(1), failure -> {
            throw new IllegalStateException("broken listener");
        });
        commit("b", durable(2));
        awaitNotified(1);

        assertThat(notified).containsExactly("b ok");
    }

    @Test
    void aListenerMayCommitAgain() throws Exception {
        disk.allowWrites(10);
        groupCommit.commit(durable(1), failure -> commit("second", durable(2)));
        awaitNotified(1);

        assertThat(notified).containsExactly("second ok");
    }

    @Test
    void closeWritesPendingBatchesAndRefusesLaterOnes() throws Exception {
        commit("first", durable(1));
        disk.awaitWrites(1);
        commit("waiting", durable(2));
        Thread closer = new Thread(groupCommit::close);
        closer.start();
        disk.allowWrites(2);
        closer.join();
        commit("late", durable(3));

        assertThat(notified).containsExactly("first ok", "waiting ok", "late the store is closed");
        assertThat(groupCommit.bytesWaiting()).isZero();
    }

    @Test
    void everyListenerIsNotifiedOnceDuringAConcurrentClose() throws Exception {
        disk.allowWrites(100_000);
        CountDownLatch started = new CountDownLatch(1);
        Thread committer = new Thread(() -> {
            for (int i = 0; i < 10_000; i++) {
                commit("x", nonDurable(i + 1));
                started.countDown();
            }
        });
        committer.start();
        started.await();
        groupCommit.close();
        committer.join();

        assertThat(notified).hasSize(10_000);
    }

    @Test
    void anIdleWriterWakesUpForACommit() throws Exception {
        disk.allowWrites(100);
        for (int i = 1; i <= 50; i++) {
            commit("x", durable(i));
            awaitNotified(i);
        }

        assertThat(disk.syncs()).hasSize(50);
    }

    private void commit(String name, StoreBatch batch) {
        groupCommit.commit(
                batch, failure -> notified.add(name + (failure == null ? " ok" : " " + failure.getMessage())));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private void awaitNotified(int count) {
        Awaitility.await().pollInSameThread().until(() -> notified.size() >= count);
    }

    private static StoreBatch durable(long seq) {
        return durableOf(0, seq);
    }

    private static StoreBatch durableOf(long generation, long seq) {
        StoreBatch batch = Samples.batch(generation);
        batch.add(1, enqueued(arrival(seq)));
        batch.head(1, head(seq));
        return batch;
    }

    private static StoreBatch nonDurable(long seq) {
        StoreBatch batch = Samples.batch();
        batch.add(1, leased(new Lease(arrival(seq), 1, 1)));
        return batch;
    }

    private static StoreBatch big(long seq, int bytes) {
        StoreBatch batch = Samples.batch();
        Content content = new Content(1, 1, ContentType.TEXT, 0, new byte[bytes]);
        batch.add(1, new QueueEvent.Enqueued(arrival(seq), content, arrival(seq).storedAtMillis(), null));
        return batch;
    }
}
