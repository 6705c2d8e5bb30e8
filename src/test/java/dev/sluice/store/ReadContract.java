package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.withOriginalTimestamp;
import static dev.sluice.store.StoreResults.allArrivals;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestTimeout;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Contract of all stores for reads: order, limits, contents. */
abstract class ReadContract extends StoreContract {
    ReadContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    void anArrivalIsReadBackWithItsContent() {
        MessageHeader header = arrival(1);
        Content content =
                new Content(-1, Long.MIN_VALUE, ContentType.JSON, 0, "{\"ä\":null}".getBytes(StandardCharsets.UTF_8));
        commit(batch -> batch.add(Q, new QueueEvent.Enqueued(header, content, header.storedAtMillis(), null)));

        assertContents(get(store.readArrivals(Q, 1, 10)).rows(), new StoredMessage(header, content));
        assertContents(get(store.readContents(Q, List.of(header))), new StoredMessage(header, content));
        assertThat(find(1)).containsExactly(new LookupResult(header, 0, LookupResult.NOT_SCHEDULED));
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
                get(store.readArrivals(Q, 0, 10)).rows(),
                new StoredMessage(arrival(1), empty),
                new StoredMessage(arrival(2), full));
        assertThat(find(2)).containsExactly(new LookupResult(arrival(2), 0, LookupResult.NOT_SCHEDULED));
    }

    @Test
    void arrivalsAreReadInOrderFromTheGivenSeqUpToTheLimit() {
        commit(batch -> {
            for (long seq = 300; seq > 0; seq--) {
                batch.add(Q, enqueued(arrival(seq)));
            }
        });

        assertThat(get(store.readArrivals(Q, 250, 10)).rows())
                .extracting(row -> row.header().seq())
                .containsExactly(250L, 251L, 252L, 253L, 254L, 255L, 256L, 257L, 258L, 259L);
        assertThat(get(store.readArrivals(Q, 299, 10)).rows()).hasSize(2);
        assertThat(get(store.readArrivals(Q, 301, 10)).rows()).isEmpty();
        assertThat(get(store.readArrivals(Q, 0, 0)).rows()).isEmpty();
    }

    @Test
    void aReadOfArrivalsReportsWhetherItReturnedTheLastOne() {
        commit(batch -> {
            for (long seq = 1; seq <= 5; seq++) {
                batch.add(Q, enqueued(arrival(seq)));
            }
        });

        assertThat(get(store.readArrivals(Q, 1, 4)).last()).isFalse();
        assertThat(get(store.readArrivals(Q, 1, 6)).last()).isTrue();
        assertThat(get(store.readArrivals(Q, 6, 1)).last()).isTrue();
        assertThat(get(store.readArrivals(Q, 1, 5)).last())
                .as("nothing after the fifth message was read")
                .isFalse();
    }

    @Test
    void aReadOfArrivalsEndsWithTheBodyThatReachesTheLimit() {
        int bodyBytes = QueueReads.ARRIVALS_BYTES_MAX / 4;
        Content large = new Content(1, 2, ContentType.TEXT, 0, new byte[bodyBytes]);
        Content larger = new Content(1, 2, ContentType.TEXT, 0, new byte[bodyBytes + 1]);
        for (long seq = 1; seq <= 8; seq++) {
            MessageHeader header = arrival(seq);
            Content content = seq == 2 ? larger : large;
            commit(batch -> batch.add(Q, new QueueEvent.Enqueued(header, content, header.storedAtMillis(), null)));
        }

        Arrivals read = get(store.readArrivals(Q, 1, 100));
        assertThat(read.rows()).extracting(row -> row.header().seq()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(read.last()).isFalse();
        assertThat(get(store.readArrivals(Q, 2, 100)).rows()).hasSize(4);
        assertThat(get(store.readArrivals(Q, 3, 100)).rows()).hasSize(4);
        assertThat(get(store.readArrivals(Q, 7, 100)).last()).isTrue();
        assertThat(allArrivals(store, Q)).hasSize(8);
    }

    @Test
    void theScheduleIsOrderedByTimeThenSeq() {
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
    void originalTimestampsAreReadInOrder() {
        commit(batch -> {
            batch.add(Q, enqueued(withOriginalTimestamp(1, 900)));
            batch.add(Q, enqueued(withOriginalTimestamp(2, 500)));
            batch.add(Q, enqueued(withOriginalTimestamp(3, 900)));
            batch.add(Q, enqueued(arrival(4)));
        });

        assertThat(get(store.readOriginalTimestamps(Q, 0, 0, 10)))
                .containsExactly(
                        withOriginalTimestamp(2, 500), withOriginalTimestamp(1, 900), withOriginalTimestamp(3, 900));
        assertThat(get(store.readOriginalTimestamps(Q, 900, 2, 10))).containsExactly(withOriginalTimestamp(3, 900));
        assertThat(get(store.readOriginalTimestamps(Q, 0, 0, 1))).containsExactly(withOriginalTimestamp(2, 500));
        assertThat(find(1))
                .containsExactly(new LookupResult(withOriginalTimestamp(1, 900), 0, LookupResult.NOT_SCHEDULED));
    }

    @Test
    void findOmitsMessagesThatAreNotStored() {
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, enqueued(delayed(3), 9_000));
        });

        assertThat(find(3, 2, 1, 99)).extracting(row -> row.header().seq()).containsExactly(3L, 1L);
        assertThat(find()).isEmpty();
    }

    @Test
    void contentsAreReturnedInTheRequestedOrderWithoutMissingMessages() {
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, enqueued(delayed(2), 9_000));
            batch.add(Q, enqueued(arrival(3)));
        });

        assertContents(
                get(store.readContents(Q, List.of(arrival(3), arrival(9), delayed(2), arrival(1)))),
                new StoredMessage(arrival(3), content(3)),
                new StoredMessage(delayed(2), content(2)),
                new StoredMessage(arrival(1), content(1)));
        assertThat(get(store.readContents(Q, List.of()))).isEmpty();
    }

    @Test
    void aReadThatThrowsFailsItsStageWithAStoreException() {
        CompletionStage<Void> read = store.readCatalog(record -> {});
        commit(batch -> batch.putCatalog(new byte[] {1}, new byte[] {2}));
        CompletionStage<Void> broken = store.readCatalog(record -> {
            throw new IllegalStateException("not today");
        });

        assertThat(get(read)).isNull();
        assertThatThrownBy(() -> broken.toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining("not today");
    }
}
