package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.Samples.leased;
import static dev.sluice.store.StoreResults.catalogOf;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Lease;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Contract of all stores for batches: order, atomicity, heads, and the state after a close and after a crash. */
abstract class CommitContract extends StoreContract {
    CommitContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    void aQueueThatWasNeverWrittenLoadsAsNew() {
        assertThat(get(store.load(Q))).isEqualTo(QueueImage.NEW);
        assertThat(get(store.heads())).isEmpty();
        assertThat(get(store.readArrivals(Q, 0, 10)).rows()).isEmpty();
        assertThat(catalogOf(store)).isEmpty();
    }

    @Test
    void aBatchOfAnotherGenerationIsRefused() {
        StoreBatch batch = store.newBatch(store.generation(1) + 1);
        batch.head(Q, head(1));

        assertThatThrownBy(() -> get(commitAsync(store, batch))).hasCauseInstanceOf(StoreException.class);
        assertThat(get(store.load(Q))).isEqualTo(QueueImage.NEW);
        assertThat(store.failure()).isEmpty();
    }

    @Test
    void aHeadThatIsSetBeforeTheQueueIsDeletedInTheSameBatchIsDeletedToo() {
        commit(batch -> {
            batch.head(Q, head(1));
            batch.dropQueue(Q);
            batch.head(Q + 1, head(2));
        });

        assertThat(get(store.heads())).containsOnlyKeys(Q + 1);
    }

    @Test
    void theLastHeadOfAQueueWins() throws Exception {
        List<CompletableFuture<Void>> commits = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            StoreBatch batch = store.newBatch(0);
            batch.head(Q, head(i));
            batch.head(Q + i % 3, head(10L * i));
            batch.head(Q, head(2L * i));
            commits.add(commitAsync(store, batch));
        }
        commits.forEach(StoreResults::get);

        assertThat(get(store.load(Q)).head()).isEqualTo(head(1000));
        assertThat(get(store.heads())).containsOnlyKeys(Q, Q + 1, Q + 2).containsEntry(Q + 2, head(5000));
        reopen();
        assertThat(get(store.load(Q)).head()).isEqualTo(head(1000));
    }

    @Test
    void everyFieldOfAHeadIsKept() {
        QueueHead head = new QueueHead(2, 3, 5, 7L << 40, 11, 13, 17, 19, 23, 29, 31, 37, Long.MAX_VALUE);
        commit(batch -> batch.head(Q, head));

        assertThat(get(store.load(Q)).head()).isEqualTo(head);
    }

    @Test
    void theCatalogIsSortedByKeyAndChangesRecordByRecord() throws Exception {
        commit(batch -> {
            batch.putCatalog(new byte[] {(byte) 0xFF}, new byte[] {1});
            batch.putCatalog(new byte[] {1, 2}, new byte[] {2});
            batch.putCatalog(new byte[] {1}, new byte[0]);
            batch.putCatalog(new byte[] {5}, new byte[] {3});
        });
        commit(batch -> {
            batch.putCatalog(new byte[] {1, 2}, new byte[] {9, 9});
            batch.deleteCatalog(new byte[] {5});
        });
        reopen();

        List<CatalogRecord> catalog = catalogOf(store);
        assertThat(catalog)
                .extracting(CatalogRecord::key)
                .containsExactly(new byte[] {1}, new byte[] {1, 2}, new byte[] {(byte) 0xFF});
        assertThat(catalog)
                .extracting(CatalogRecord::value)
                .containsExactly(new byte[0], new byte[] {9, 9}, new byte[] {1});
    }

    @Test
    void allDataIsStoredAfterACleanClose() throws Exception {
        commit(batch -> {
            everyKindOfMessage(batch, Q);
            batch.head(Q, head(100));
        });
        StoreReading before = StoreReading.of(store, Q);
        reopen();

        assertThat(StoreReading.of(store, Q)).isEqualTo(before);
    }

    @Test
    void allCommittedDataIsStoredAfterACrash() throws Exception {
        for (int i = 1; i <= 50; i++) {
            long seq = i;
            commit(batch -> {
                batch.add(Q, enqueued(arrival(seq)));
                batch.head(Q, head(seq + 1));
            });
        }
        crash();

        assertThat(get(store.readArrivals(Q, 0, 100)).rows()).hasSize(50);
        assertThat(get(store.load(Q)).head()).isEqualTo(head(51));
        commit(batch -> batch.add(Q, enqueued(arrival(51))));
        assertThat(get(store.readArrivals(Q, 0, 100)).rows()).hasSize(51);
    }

    @Test
    void anEmptyBatchIsCommittedLikeAnyOther() {
        StoreBatch batch = store.newBatch(0);
        assertThat(batch.isEmpty()).isTrue();
        get(commitAsync(store, batch));
    }

    @Test
    void aBatchIsDurableIfAnyOfItsChangesIs() {
        StoreBatch lease = store.newBatch(0);
        lease.add(Q, leased(new Lease(arrival(1), 1, 4_000)));
        lease.head(Q, head(1));
        assertThat(lease.durable()).isFalse();
        assertThat(lease.isEmpty()).isFalse();
        assertThat(lease.bytes()).isPositive();
        lease.add(Q, enqueued(arrival(2)));
        assertThat(lease.durable()).isTrue();
        StoreBatch catalog = store.newBatch(0);
        catalog.deleteCatalog(new byte[] {1});
        assertThat(catalog.durable()).isTrue();
        StoreBatch drop = store.newBatch(0);
        drop.dropQueue(Q);
        assertThat(drop.durable()).isTrue();
    }

    @Test
    void listenersOfManyThreadsAreCalledOnceAndInOrderOfTheCommits() throws Exception {
        int threads = 8;
        int batches = 500;
        List<ConcurrentLinkedQueue<Integer>> notified = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long queue = t;
            ConcurrentLinkedQueue<Integer> ownNotified = new ConcurrentLinkedQueue<>();
            notified.add(ownNotified);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < batches; i++) {
                    int number = i;
                    StoreBatch batch = store.newBatch(0);
                    batch.add(queue, enqueued(arrival(i + 1)));
                    batch.head(queue, head(i + 2));
                    store.commit(batch, failure -> ownNotified.add(failure == null ? number : -1));
                }
            });
            running.add(thread);
            thread.start();
        }
        for (Thread thread : running) {
            thread.join();
        }
        reopen();

        for (int t = 0; t < threads; t++) {
            assertThat(new ArrayList<>(notified.get(t)))
                    .hasSize(batches)
                    .isSorted()
                    .first()
                    .isEqualTo(0);
            assertThat(get(store.readArrivals(t, 0, 10_000)).rows()).hasSize(batches);
            assertThat(get(store.load(t)).head()).isEqualTo(head(batches + 1));
        }
        assertThat(store.bytesWaiting()).isZero();
    }

    @Test
    void allCallsAfterCloseFailWithAStoreException() {
        store.close();

        assertThatThrownBy(() -> get(commitAsync(store, store.newBatch(0)))).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(() -> get(store.load(Q))).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(() -> catalogOf(store)).hasCauseInstanceOf(StoreException.class);
        store.close();
    }

    @Test
    void theFreeSpaceIsReported() {
        assertThat(store.freeBytes()).isPositive();
    }
}
