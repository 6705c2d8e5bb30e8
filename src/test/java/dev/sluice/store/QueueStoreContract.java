package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.Samples.inherited;
import static dev.sluice.store.Samples.leased;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Found;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. One subclass per store. */
public abstract class QueueStoreContract {
    private static final long Q = 7;

    private QueueStore store;

    /** An empty store. */
    protected abstract QueueStore open() throws Exception;

    /** Closes the store and opens it again. */
    protected abstract QueueStore reopen(QueueStore store) throws Exception;

    /** Opens what a crash of the process would leave behind at this moment. */
    protected abstract QueueStore crash(QueueStore store) throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void aQueueThatWasNeverWrittenLoadsAsNew() {
        assertThat(get(store.load(Q))).isEqualTo(QueueImage.NEW);
        assertThat(get(store.heads())).isEmpty();
        assertThat(get(store.readArrivals(Q, 0, 10))).isEmpty();
        assertThat(get(store.readCatalog())).isEmpty();
    }

    @Test
    void anArrivalIsReadBackWithItsContent() {
        MessageHeader header = arrival(1);
        Content content = new Content(-1, Long.MIN_VALUE, ContentType.JSON, 0, "{\"ä\":null}".getBytes());
        commit(batch -> batch.add(Q, new QueueEvent.Enqueued(header, content, header.storedAtMillis(), null)));

        assertContents(get(store.readArrivals(Q, 1, 10)), new StoredContent(header, content));
        assertContents(get(store.readContents(Q, List.of(header))), new StoredContent(header, content));
        assertThat(find(1)).containsExactly(new Found(header, 0, Found.NOT_WAITING));
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).isEmpty();
        assertThat(get(store.readWaiting(Q, 0, 10))).isEmpty();
    }

    @Test
    void anEmptyBodyAndABigBodyAreStored() {
        byte[] big = new byte[128_000];
        big[77] = 1;
        Content empty = new Content(1, 2, ContentType.TEXT, 0, new byte[0]);
        Content full = new Content(1, 2, ContentType.TEXT, 86_400, big);
        commit(batch -> {
            batch.add(Q, new QueueEvent.Enqueued(arrival(1), empty, arrival(1).storedAtMillis(), null));
            batch.add(Q, new QueueEvent.Enqueued(arrival(2), full, arrival(2).storedAtMillis(), null));
        });

        assertContents(
                get(store.readArrivals(Q, 0, 10)),
                new StoredContent(arrival(1), empty),
                new StoredContent(arrival(2), full));
        assertThat(find(2)).containsExactly(new Found(arrival(2), 0, Found.NOT_WAITING));
    }

    @Test
    void aDelayedMessageWaitsAndIsNoArrival() {
        MessageHeader header = delayed(3);
        commit(batch -> batch.add(Q, enqueued(header, 9_000)));

        assertThat(get(store.readArrivals(Q, 0, 10))).isEmpty();
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(new Waiting(header, 0, 9_000));
        assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(new Waiting(header, 0, 9_000));
        assertThat(find(3)).containsExactly(new Found(header, 0, 9_000));
        assertContents(get(store.readContents(Q, List.of(header))), new StoredContent(header, content(3)));
    }

    @Test
    void arrivalsComeInOrderFromTheGivenSeqUpToTheLimit() {
        commit(batch -> {
            for (long seq = 300; seq > 0; seq--) {
                batch.add(Q, enqueued(arrival(seq)));
            }
        });

        assertThat(get(store.readArrivals(Q, 250, 10)))
                .extracting(row -> row.header().seq())
                .containsExactly(250L, 251L, 252L, 253L, 254L, 255L, 256L, 257L, 258L, 259L);
        assertThat(get(store.readArrivals(Q, 299, 10))).hasSize(2);
        assertThat(get(store.readArrivals(Q, 301, 10))).isEmpty();
        assertThat(get(store.readArrivals(Q, 0, 0))).isEmpty();
    }

    @Test
    void theScheduleComesInOrderOfTimeThenSeq() {
        commit(batch -> {
            batch.add(Q, enqueued(delayed(1), 9_000));
            batch.add(Q, enqueued(delayed(2), 5_000));
            batch.add(Q, enqueued(delayed(3), 9_000));
            batch.add(Q, enqueued(delayed(4), 256_000));
        });

        assertThat(seqs(get(store.readSchedule(Q, 0, 0, 10)))).containsExactly(2L, 1L, 3L, 4L);
        assertThat(seqs(get(store.readSchedule(Q, 9_000, 2, 10)))).containsExactly(3L, 4L);
        assertThat(seqs(get(store.readSchedule(Q, 9_001, 0, 10)))).containsExactly(4L);
        assertThat(seqs(get(store.readSchedule(Q, 0, 0, 2)))).containsExactly(2L, 1L);
        assertThat(seqs(get(store.readWaiting(Q, 2, 2)))).containsExactly(2L, 3L);
    }

    @Test
    void aLeasedArrivalIsInTheImageAndStaysFindable() {
        Lease lease = new Lease(arrival(1), 1, 4_000);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, leased(lease));
            batch.head(Q, head(2));
        });

        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(2), List.of(lease), List.of()));
        assertThat(find(1)).containsExactly(new Found(arrival(1), 1, Found.NOT_WAITING));
        assertThat(get(store.readContents(Q, List.of(arrival(1))))).hasSize(1);
    }

    @Test
    void aLeasedDelayedMessageNoLongerWaits() {
        Lease lease = new Lease(delayed(1), 1, 40_000);
        commit(batch -> batch.add(Q, enqueued(delayed(1), 9_000)));
        commit(batch -> {
            batch.add(Q, new QueueEvent.Leased(lease, 9_000));
            batch.head(Q, head(2));
        });

        assertThat(get(store.readWaiting(Q, 0, 10))).isEmpty();
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).isEmpty();
        assertThat(find(1)).containsExactly(new Found(delayed(1), 1, Found.NOT_WAITING));
        assertThat(get(store.load(Q)).leases()).containsExactly(lease);
    }

    @Test
    void aReleasedMessageWaitsAndItsLeaseIsGone() {
        Waiting waiting = new Waiting(arrival(1), 1, 6_000);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, leased(new Lease(arrival(1), 1, 4_000)));
            batch.add(Q, new QueueEvent.Released(waiting));
            batch.head(Q, head(2));
        });

        assertThat(get(store.load(Q)).leases()).isEmpty();
        assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(waiting);
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(waiting);
        assertThat(find(1)).containsExactly(new Found(arrival(1), 1, 6_000));
    }

    @Test
    void aMessageGoesRoundBetweenLeaseAndScheduleManyTimes() {
        commit(batch -> batch.add(Q, enqueued(delayed(1), 100)));
        long availableAtMillis = 100;
        for (int delivery = 1; delivery <= 20; delivery++) {
            Lease lease = new Lease(delayed(1), delivery, 50);
            long waited = availableAtMillis;
            commit(batch -> batch.add(Q, new QueueEvent.Leased(lease, waited)));
            assertThat(get(store.readSchedule(Q, 0, 0, 10))).isEmpty();
            availableAtMillis = 100 + delivery % 3;
            Waiting waiting = new Waiting(delayed(1), delivery, availableAtMillis);
            commit(batch -> batch.add(Q, new QueueEvent.Released(waiting)));
            assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(waiting);
            assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(waiting);
        }
    }

    @Test
    void aRescheduledMessageHasItsNewPlaceOnly() {
        Waiting later = new Waiting(delayed(1), 0, 90_000);
        commit(batch -> batch.add(Q, enqueued(delayed(1), 9_000)));
        commit(batch -> batch.add(Q, new QueueEvent.Rescheduled(later, 9_000)));

        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(later);
        assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(later);

        commit(batch -> batch.add(Q, new QueueEvent.Rescheduled(later, 90_000)));
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(later);
    }

    @Test
    void aRemovedMessageLeavesNothingWhereverItWas() {
        MessageHeader old = inherited(3, 500);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, enqueued(delayed(2), 9_000));
            batch.add(Q, enqueued(old));
            batch.add(Q, leased(new Lease(old, 1, 4_000)));
            batch.head(Q, head(4));
        });
        commit(batch -> {
            batch.add(Q, removed(arrival(1), QueueEvent.Place.ARRIVAL, 0));
            batch.add(Q, removed(delayed(2), QueueEvent.Place.WAITING, 9_000));
            batch.add(Q, removed(old, QueueEvent.Place.LEASED, 0));
        });

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(4), List.of(), List.of()));
    }

    @Test
    void inheritedTimestampsAreReadInTheirOrder() {
        commit(batch -> {
            batch.add(Q, enqueued(inherited(1, 900)));
            batch.add(Q, enqueued(inherited(2, 500)));
            batch.add(Q, enqueued(inherited(3, 900)));
            batch.add(Q, enqueued(arrival(4)));
        });

        assertThat(get(store.readInherited(Q, 0, 0, 10)))
                .containsExactly(inherited(2, 500), inherited(1, 900), inherited(3, 900));
        assertThat(get(store.readInherited(Q, 900, 2, 10))).containsExactly(inherited(3, 900));
        assertThat(get(store.readInherited(Q, 0, 0, 1))).containsExactly(inherited(2, 500));
        assertThat(find(1)).containsExactly(new Found(inherited(1, 900), 0, Found.NOT_WAITING));
    }

    @Test
    void aDepartingMessageStaysALeaseOnDisk() {
        Lease lease = new Lease(arrival(1), 4, 4_000);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, leased(lease));
            batch.add(Q, new QueueEvent.Departing(lease));
            batch.head(Q, head(2));
        });

        assertThat(get(store.load(Q)).leases()).containsExactly(lease);
    }

    @Test
    void aMoveToADeadLetterQueueIsOneBatchAndLeavesAMarkerUntilConfirmed() throws Exception {
        long deadQueue = 8;
        MessageHeader there = inherited(1, arrival(5).timestampMillis());
        commit(batch -> {
            batch.add(Q, enqueued(arrival(5)));
            batch.add(Q, leased(new Lease(arrival(5), 4, 4_000)));
            batch.head(Q, head(6));
        });
        commit(batch -> {
            batch.add(
                    deadQueue,
                    new QueueEvent.Enqueued(
                            there, content(5), there.storedAtMillis(), new QueueEvent.Origin(Q, arrival(5))));
            batch.head(deadQueue, head(2));
        });
        store = crash(store);

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(6), List.of(), List.of(arrival(5))));
        assertContents(get(store.readArrivals(deadQueue, 0, 10)), new StoredContent(there, content(5)));
        assertThat(get(store.readInherited(deadQueue, 0, 0, 10))).containsExactly(there);

        commit(batch -> batch.add(Q, new QueueEvent.Departed(arrival(5))));
        assertThat(get(store.load(Q)).departed()).isEmpty();
    }

    @Test
    void aMoveTakesTheInheritedEntryOfTheOriginAlong() {
        MessageHeader here = inherited(5, 700);
        MessageHeader there = inherited(1, 700);
        commit(batch -> batch.add(Q, enqueued(here)));
        commit(batch -> batch.add(Q, leased(new Lease(here, 1, 4_000))));
        commit(batch -> batch.add(
                8, new QueueEvent.Enqueued(there, content(5), there.storedAtMillis(), new QueueEvent.Origin(Q, here))));

        assertThat(get(store.readInherited(Q, 0, 0, 10))).isEmpty();
        assertThat(get(store.readInherited(8, 0, 0, 10))).containsExactly(there);
    }

    @Test
    void aPurgeDeletesEverythingBelowItsSeqAndNothingAbove() {
        commit(batch -> {
            everyKindOfMessage(batch, Q);
            batch.head(Q, head(100));
        });
        commit(batch -> batch.add(Q, new QueueEvent.Purged(100, 1)));

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(100), List.of(), List.of()));

        commit(batch -> batch.add(Q, enqueued(arrival(100))));
        assertThat(get(store.readArrivals(Q, 0, 10))).hasSize(1);
    }

    @Test
    void whatFollowsAPurgeInTheSameBatchStays() {
        commit(batch -> batch.add(Q, enqueued(arrival(1))));
        commit(batch -> {
            batch.add(Q, new QueueEvent.Purged(2, 1));
            batch.add(Q, enqueued(arrival(2)));
            batch.add(Q, enqueued(delayed(3), 9_000));
        });

        assertThat(get(store.readArrivals(Q, 0, 10)))
                .extracting(row -> row.header().seq())
                .containsExactly(2L);
        assertThat(seqs(get(store.readSchedule(Q, 0, 0, 10)))).containsExactly(3L);
    }

    @Test
    void purgingAndDroppingLeaveTheNeighbouringQueuesAlone() {
        for (long queue : new long[] {Q - 1, Q, Q + 1, 255, 256, Long.MAX_VALUE}) {
            commit(batch -> {
                everyKindOfMessage(batch, queue);
                batch.head(queue, head(queue));
            });
        }
        commit(batch -> batch.add(Q, new QueueEvent.Purged(100, 1)));
        commit(batch -> batch.dropQueue(255));

        assertNothingStored(store, Q);
        assertNothingStored(store, 255);
        for (long queue : new long[] {Q - 1, Q + 1, 256, Long.MAX_VALUE}) {
            assertThat(get(store.load(queue)).head()).isEqualTo(head(queue));
            assertThat(get(store.load(queue)).leases()).hasSize(1);
            assertThat(get(store.load(queue)).departed()).hasSize(1);
            assertThat(get(store.readArrivals(queue, 0, 100))).hasSize(3);
            assertThat(get(store.readSchedule(queue, 0, 0, 100))).hasSize(2);
            assertThat(get(store.readWaiting(queue, 0, 100))).hasSize(2);
            assertThat(get(store.readInherited(queue, 0, 0, 100))).hasSize(1);
        }
    }

    @Test
    void aDroppedQueueIsAsIfItHadNeverBeen() {
        commit(batch -> {
            everyKindOfMessage(batch, Q);
            batch.head(Q, head(100));
        });
        commit(batch -> batch.dropQueue(Q));

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(QueueImage.NEW);
        assertThat(get(store.heads())).isEmpty();
    }

    @Test
    void aHeadSetBeforeADropInTheSameBatchIsDroppedToo() {
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
            StoreBatch batch = new StoreBatch();
            batch.head(Q, head(i));
            batch.head(Q + i % 3, head(10 * i));
            batch.head(Q, head(2L * i));
            commits.add(commitLater(store, batch));
        }
        commits.forEach(QueueStoreContract::get);

        assertThat(get(store.load(Q)).head()).isEqualTo(head(1000));
        assertThat(get(store.heads())).containsOnlyKeys(Q, Q + 1, Q + 2).containsEntry(Q + 2, head(5000));
        store = reopen(store);
        assertThat(get(store.load(Q)).head()).isEqualTo(head(1000));
    }

    @Test
    void everyFieldOfAHeadIsKept() {
        QueueHead head = new QueueHead(2, 3, 5, 7L << 40, 11, 13, 17, 19, 23, 29, 31, 37, Long.MAX_VALUE);
        commit(batch -> batch.head(Q, head));

        assertThat(get(store.load(Q)).head()).isEqualTo(head);
    }

    @Test
    void findLeavesOutWhatIsNotStored() {
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, enqueued(delayed(3), 9_000));
        });

        assertThat(find(3, 2, 1, 99)).extracting(row -> row.header().seq()).containsExactly(3L, 1L);
        assertThat(find()).isEmpty();
    }

    @Test
    void contentsComeInTheOrderAskedWithoutThoseThatAreGone() {
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, enqueued(delayed(2), 9_000));
            batch.add(Q, enqueued(arrival(3)));
        });

        assertContents(
                get(store.readContents(Q, List.of(arrival(3), arrival(9), delayed(2), arrival(1)))),
                new StoredContent(arrival(3), content(3)),
                new StoredContent(delayed(2), content(2)),
                new StoredContent(arrival(1), content(1)));
        assertThat(get(store.readContents(Q, List.of()))).isEmpty();
    }

    @Test
    void theCatalogIsSortedByKeyAndChangesByRecord() throws Exception {
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
        store = reopen(store);

        List<CatalogRecord> catalog = get(store.readCatalog());
        assertThat(catalog)
                .extracting(CatalogRecord::key)
                .containsExactly(new byte[] {1}, new byte[] {1, 2}, new byte[] {(byte) 0xFF});
        assertThat(catalog)
                .extracting(CatalogRecord::value)
                .containsExactly(new byte[0], new byte[] {9, 9}, new byte[] {1});
    }

    @Test
    void everythingIsThereAfterACleanClose() throws Exception {
        commit(batch -> {
            everyKindOfMessage(batch, Q);
            batch.head(Q, head(100));
        });
        StoreReading before = StoreReading.of(store, Q);
        store = reopen(store);

        assertThat(StoreReading.of(store, Q)).isEqualTo(before);
    }

    @Test
    void everythingCommittedIsThereAfterACrash() throws Exception {
        for (int i = 1; i <= 50; i++) {
            long seq = i;
            commit(batch -> {
                batch.add(Q, enqueued(arrival(seq)));
                batch.head(Q, head(seq + 1));
            });
        }
        store = crash(store);

        assertThat(get(store.readArrivals(Q, 0, 100))).hasSize(50);
        assertThat(get(store.load(Q)).head()).isEqualTo(head(51));
        commit(batch -> batch.add(Q, enqueued(arrival(51))));
        assertThat(get(store.readArrivals(Q, 0, 100))).hasSize(51);
    }

    @Test
    void anEmptyBatchIsCommittedLikeAnyOther() {
        StoreBatch batch = new StoreBatch();
        assertThat(batch.isEmpty()).isTrue();
        get(commitLater(store, batch));
    }

    @Test
    void aBatchKnowsWhetherItWaitsForTheSync() {
        StoreBatch lease = new StoreBatch();
        lease.add(Q, leased(new Lease(arrival(1), 1, 4_000)));
        lease.head(Q, head(1));
        assertThat(lease.durable()).isFalse();
        assertThat(lease.isEmpty()).isFalse();
        assertThat(lease.bytes()).isPositive();
        lease.add(Q, enqueued(arrival(2)));
        assertThat(lease.durable()).isTrue();
        StoreBatch catalog = new StoreBatch();
        catalog.deleteCatalog(new byte[] {1});
        assertThat(catalog.durable()).isTrue();
        StoreBatch drop = new StoreBatch();
        drop.dropQueue(Q);
        assertThat(drop.durable()).isTrue();
    }

    @Test
    void manyThreadsCommitAndEachHearsOfItsBatchesOnceAndInOrder() throws Exception {
        int threads = 8;
        int batches = 500;
        List<ConcurrentLinkedQueue<Integer>> heard = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long queue = t;
            ConcurrentLinkedQueue<Integer> mine = new ConcurrentLinkedQueue<>();
            heard.add(mine);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < batches; i++) {
                    int number = i;
                    StoreBatch batch = new StoreBatch();
                    batch.add(queue, enqueued(arrival(i + 1)));
                    batch.head(queue, head(i + 2));
                    store.commit(batch, failure -> mine.add(failure == null ? number : -1));
                }
            });
            running.add(thread);
            thread.start();
        }
        for (Thread thread : running) {
            thread.join();
        }
        store = reopen(store);

        for (int t = 0; t < threads; t++) {
            assertThat(new ArrayList<>(heard.get(t)))
                    .hasSize(batches)
                    .isSorted()
                    .first()
                    .isEqualTo(0);
            assertThat(get(store.readArrivals(t, 0, 10_000))).hasSize(batches);
            assertThat(get(store.load(t)).head()).isEqualTo(head(batches + 1));
        }
        assertThat(store.bytesWaiting()).isZero();
    }

    @Test
    void afterCloseEverythingFailsWithAStoreException() {
        store.close();

        assertThatThrownBy(() -> get(commitLater(store, new StoreBatch()))).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(() -> get(store.load(Q))).hasCauseInstanceOf(StoreException.class);
        assertThatThrownBy(() -> get(store.readCatalog())).hasCauseInstanceOf(StoreException.class);
        store.close();
    }

    @Test
    void thereIsFreeSpace() {
        assertThat(store.freeBytes()).isPositive();
    }

    /** Messages 1 … 7 in every place there is, and a departed marker for 9. */
    private static void everyKindOfMessage(StoreBatch batch, long queue) {
        batch.add(queue, enqueued(arrival(1)));
        batch.add(queue, enqueued(delayed(2), 9_000));
        batch.add(queue, enqueued(inherited(3, 500)));
        batch.add(queue, enqueued(arrival(4)));
        batch.add(queue, leased(new Lease(arrival(4), 1, 4_000)));
        batch.add(queue, enqueued(delayed(5), 8_000));
        batch.add(queue, new QueueEvent.Leased(new Lease(delayed(5), 1, 4_000), 8_000));
        batch.add(queue, new QueueEvent.Released(new Waiting(delayed(5), 1, 12_000)));
        MessageHeader gone = arrival(9);
        batch.add(queue, enqueued(gone));
        batch.add(queue, leased(new Lease(gone, 1, 4_000)));
        batch.add(
                1_000_000,
                new QueueEvent.Enqueued(
                        inherited(queue, 500),
                        content(9),
                        inherited(queue, 500).storedAtMillis(),
                        new QueueEvent.Origin(queue, gone)));
    }

    private static void assertNothingStored(QueueStore store, long queue) {
        assertThat(get(store.readArrivals(queue, 0, 100))).isEmpty();
        assertThat(get(store.readSchedule(queue, 0, 0, 100))).isEmpty();
        assertThat(get(store.readWaiting(queue, 0, 100))).isEmpty();
        assertThat(get(store.readInherited(queue, 0, 0, 100))).isEmpty();
        for (long seq = 1; seq < 10; seq++) {
            assertThat(get(store.find(queue, new long[] {seq}))).isEmpty();
            assertThat(get(store.readContents(queue, List.of(arrival(seq), delayed(seq)))))
                    .isEmpty();
        }
    }

    private static QueueEvent removed(MessageHeader header, QueueEvent.Place place, long availableAtMillis) {
        return new QueueEvent.Removed(header, place, availableAtMillis, QueueEvent.Cause.ACKED);
    }

    private static List<Long> seqs(List<Waiting> rows) {
        return rows.stream().map(row -> row.header().seq()).toList();
    }

    private static void assertContents(List<StoredContent> actual, StoredContent... expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(List.of(expected));
    }

    private List<Found> find(long... seqs) {
        return get(store.find(Q, seqs));
    }

    private void commit(Consumer<StoreBatch> changes) {
        StoreBatch batch = new StoreBatch();
        changes.accept(batch);
        get(commitLater(store, batch));
    }

    /** Completes when the listener is told. */
    public static CompletableFuture<Void> commitLater(QueueStore store, StoreBatch batch) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        store.commit(batch, failure -> {
            if (failure == null) {
                outcome.complete(null);
            } else {
                outcome.completeExceptionally(failure);
            }
        });
        return outcome;
    }

    /** Waits for a stage, but not for ever. */
    public static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }
}
