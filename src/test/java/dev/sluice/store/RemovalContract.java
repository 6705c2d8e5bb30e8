package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.Samples.leased;
import static dev.sluice.store.Samples.withOriginalTimestamp;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.rocksdb.BatchRecords;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract of all stores for messages and queues that are removed, dead-lettered, purged or deleted. */
abstract class RemovalContract extends StoreContract {
    RemovalContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    void aRemovedMessageLeavesNoRecordsInAnyState() {
        MessageHeader old = withOriginalTimestamp(3, 500);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, enqueued(delayed(2), 9_000));
            batch.add(Q, enqueued(old));
            batch.add(Q, leased(new Lease(old, 1, 4_000)));
            batch.head(Q, head(4));
        });
        commit(batch -> {
            batch.add(Q, removed(arrival(1), QueueEvent.MessageLocation.ARRIVAL, 0));
            batch.add(Q, removed(delayed(2), QueueEvent.MessageLocation.SCHEDULED, 9_000));
            batch.add(Q, removed(old, QueueEvent.MessageLocation.LEASED, 0));
        });

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(4), List.of(), List.of()));
    }

    @Test
    void removingAdjacentMessagesTogetherRemovesNoOthers() throws Exception {
        for (long queue : new long[] {Q, Q + 1}) {
            commit(batch -> {
                for (long seq = 1; seq <= 120; seq++) {
                    batch.add(queue, seq == 80 ? enqueued(delayed(seq), 9_000) : enqueued(arrival(seq)));
                }
                for (long seq = 1; seq <= 45; seq++) {
                    batch.add(queue, leased(new Lease(arrival(seq), 1, 4_000)));
                }
                batch.head(queue, head(121));
            });
        }
        commit(batch -> {
            for (long seq = 44; seq >= 3; seq--) {
                batch.add(Q, removed(arrival(seq), QueueEvent.MessageLocation.LEASED, 0));
            }
            for (long seq = 46; seq <= 118; seq++) {
                if (seq != 80) {
                    batch.add(Q, removed(arrival(seq), QueueEvent.MessageLocation.ARRIVAL, 0));
                }
            }
        });
        crash();

        assertThat(get(store.readArrivals(Q, 0, 200)).rows())
                .extracting(row -> row.header().seq())
                .containsExactly(1L, 2L, 45L, 119L, 120L);
        assertThat(get(store.load(Q)).leases())
                .extracting(lease -> lease.header().seq())
                .containsExactly(1L, 2L, 45L);
        assertThat(seqs(get(store.readWaiting(Q, 0, 10)))).containsExactly(80L);
        assertThat(get(store.readContents(Q, List.of(delayed(80))))).hasSize(1);
        assertThat(get(store.readArrivals(Q + 1, 0, 200)).rows()).hasSize(119);
        assertThat(get(store.load(Q + 1)).leases()).hasSize(45);
    }

    @Test
    void adjacentMessagesThatAreStoredAndRemovedInOneBatchLeaveNoRecords() {
        commit(batch -> {
            for (long seq = 1; seq <= BatchRecords.RANGE_DELETE_MIN; seq++) {
                batch.add(Q, enqueued(arrival(seq)));
                batch.add(Q, leased(new Lease(arrival(seq), 1, 4_000)));
                ScheduledMessage again = new ScheduledMessage(arrival(seq), 1, 4_000);
                batch.add(Q, new QueueEvent.Released(again));
                batch.add(Q, new QueueEvent.Leased(new Lease(arrival(seq), 2, 8_000), 4_000));
                batch.add(Q, removed(arrival(seq), QueueEvent.MessageLocation.LEASED, 0));
            }
        });

        assertNothingStored(store, Q);
    }

    @Test
    void aTransferToADeadLetterQueueIsOneBatchAndLeavesAMarkerUntilConfirmed() throws Exception {
        long deadQueue = 8;
        MessageHeader deadLetter = withOriginalTimestamp(1, arrival(5).timestampMillis());
        commit(batch -> {
            batch.add(Q, enqueued(arrival(5)));
            batch.add(Q, leased(new Lease(arrival(5), 4, 4_000)));
            batch.head(Q, head(6));
        });
        commit(batch -> {
            batch.add(
                    deadQueue,
                    new QueueEvent.Enqueued(
                            deadLetter, content(5), deadLetter.storedAtMillis(), new QueueEvent.Origin(Q, arrival(5))));
            batch.head(deadQueue, head(2));
        });
        crash();

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(6), List.of(), List.of(arrival(5))));
        assertContents(get(store.readArrivals(deadQueue, 0, 10)).rows(), new StoredMessage(deadLetter, content(5)));
        assertThat(get(store.readOriginalTimestamps(deadQueue, 0, 0, 10))).containsExactly(deadLetter);

        commit(batch -> batch.add(Q, new QueueEvent.DeadLettered(arrival(5))));
        assertThat(get(store.load(Q)).deadLettered()).isEmpty();
    }

    @Test
    void aTransferAndARemovalInOneBatchAffectTheirOwnQueueOnly() {
        long deadQueue = 8;
        MessageHeader deadLetter = withOriginalTimestamp(2, arrival(5).timestampMillis());
        for (long seq : new long[] {1, 5}) {
            commit(batch -> batch.add(Q, enqueued(arrival(seq))));
            commit(batch -> batch.add(Q, leased(new Lease(arrival(seq), 4, 4_000))));
        }
        commit(batch -> batch.add(deadQueue, enqueued(arrival(1))));
        commit(batch -> {
            batch.add(
                    deadQueue,
                    new QueueEvent.Enqueued(
                            deadLetter, content(5), deadLetter.storedAtMillis(), new QueueEvent.Origin(Q, arrival(5))));
            batch.add(deadQueue, removed(arrival(1), QueueEvent.MessageLocation.ARRIVAL, 0));
        });

        assertContents(get(store.readArrivals(Q, 0, 10)).rows(), new StoredMessage(arrival(1), content(1)));
        assertContents(get(store.readArrivals(deadQueue, 0, 10)).rows(), new StoredMessage(deadLetter, content(5)));
    }

    @Test
    void aTransferDeletesTheOriginalTimestampEntryOfTheOrigin() {
        MessageHeader original = withOriginalTimestamp(5, 700);
        MessageHeader deadLetter = withOriginalTimestamp(1, 700);
        commit(batch -> batch.add(Q, enqueued(original)));
        commit(batch -> batch.add(Q, leased(new Lease(original, 1, 4_000))));
        commit(batch -> batch.add(
                8,
                new QueueEvent.Enqueued(
                        deadLetter, content(5), deadLetter.storedAtMillis(), new QueueEvent.Origin(Q, original))));

        assertThat(get(store.readOriginalTimestamps(Q, 0, 0, 10))).isEmpty();
        assertThat(get(store.readOriginalTimestamps(8, 0, 0, 10))).containsExactly(deadLetter);
    }

    @Test
    void aPurgeDeletesAllMessagesBelowItsSeqAndNoneAbove() {
        commit(batch -> {
            everyKindOfMessage(batch, Q);
            batch.head(Q, head(100));
        });
        commit(batch -> batch.add(Q, new QueueEvent.Purged(100, 1)));

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(100), List.of(), List.of()));

        commit(batch -> batch.add(Q, enqueued(arrival(100))));
        assertThat(get(store.readArrivals(Q, 0, 10)).rows()).hasSize(1);
    }

    @Test
    void changesAfterAPurgeInTheSameBatchAreKept() {
        commit(batch -> batch.add(Q, enqueued(arrival(1))));
        commit(batch -> {
            batch.add(Q, new QueueEvent.Purged(2, 1));
            batch.add(Q, enqueued(arrival(2)));
            batch.add(Q, enqueued(delayed(3), 9_000));
        });

        assertThat(get(store.readArrivals(Q, 0, 10)).rows())
                .extracting(row -> row.header().seq())
                .containsExactly(2L);
        assertThat(seqs(get(store.readSchedule(Q, 0, 0, 10)))).containsExactly(3L);
    }

    @Test
    void purgingAndDeletingDoNotAffectAdjacentQueues() {
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
            assertThat(get(store.load(queue)).deadLettered()).hasSize(1);
            assertThat(get(store.readArrivals(queue, 0, 100)).rows()).hasSize(3);
            assertThat(get(store.readSchedule(queue, 0, 0, 100))).hasSize(2);
            assertThat(get(store.readWaiting(queue, 0, 100))).hasSize(2);
            assertThat(get(store.readOriginalTimestamps(queue, 0, 0, 100))).hasSize(1);
        }
    }

    @Test
    void aDeletedQueueLoadsAsNew() {
        commit(batch -> {
            everyKindOfMessage(batch, Q);
            batch.head(Q, head(100));
        });
        commit(batch -> batch.dropQueue(Q));

        assertNothingStored(store, Q);
        assertThat(get(store.load(Q))).isEqualTo(QueueImage.NEW);
        assertThat(get(store.heads())).isEmpty();
    }
}
