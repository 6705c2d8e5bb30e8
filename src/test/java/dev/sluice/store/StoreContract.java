package dev.sluice.store;

import static dev.sluice.store.Outcomes.commitLater;
import static dev.sluice.store.Outcomes.get;
import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.inherited;
import static dev.sluice.store.Samples.leased;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Content;
import dev.sluice.queue.Lease;
import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.ScheduledMessage;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The ground under the contract of all stores: a store to test, and what the tests have in common. */
abstract class StoreContract {
    static final long Q = 7;

    private final StoreFixture fixture;
    QueueStore store;

    StoreContract(StoreFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = fixture.open();
    }

    @AfterEach
    void closeStore() throws Exception {
        if (store != null) {
            store.close();
        }
        fixture.clear();
    }

    final void reopen() throws Exception {
        store = fixture.reopen(store);
    }

    final void crash() throws Exception {
        store = fixture.crash(store);
    }

    /** Messages 1 … 7 in every place there is, and a departed marker for 9. */
    static void everyKindOfMessage(StoreBatch batch, long queue) {
        batch.add(queue, enqueued(arrival(1)));
        batch.add(queue, enqueued(delayed(2), 9_000));
        batch.add(queue, enqueued(inherited(3, 500)));
        batch.add(queue, enqueued(arrival(4)));
        batch.add(queue, leased(new Lease(arrival(4), 1, 4_000)));
        batch.add(queue, enqueued(delayed(5), 8_000));
        batch.add(queue, new QueueEvent.Leased(new Lease(delayed(5), 1, 4_000), 8_000));
        batch.add(queue, new QueueEvent.Released(new ScheduledMessage(delayed(5), 1, 12_000)));
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

    static void assertNothingStored(QueueStore store, long queue) {
        assertThat(get(store.readArrivals(queue, 0, 100)).rows()).isEmpty();
        assertThat(get(store.readSchedule(queue, 0, 0, 100))).isEmpty();
        assertThat(get(store.readWaiting(queue, 0, 100))).isEmpty();
        assertThat(get(store.readOriginalTimestamps(queue, 0, 0, 100))).isEmpty();
        for (long seq = 1; seq < 10; seq++) {
            assertThat(get(store.find(queue, new long[] {seq}))).isEmpty();
            assertThat(get(store.readContents(queue, List.of(arrival(seq), delayed(seq)))))
                    .isEmpty();
        }
    }

    static QueueEvent removed(MessageHeader header, QueueEvent.MessageLocation place, long availableAtMillis) {
        return new QueueEvent.Removed(header, place, availableAtMillis, QueueEvent.Cause.ACKED);
    }

    static List<Long> seqs(List<ScheduledMessage> rows) {
        return rows.stream().map(row -> row.header().seq()).toList();
    }

    static void assertContents(List<StoredMessage> actual, StoredMessage... expected) {
        assertThat(actual.stream().map(StoreContract::text).toList())
                .isEqualTo(Stream.of(expected).map(StoreContract::text).toList());
    }

    /** Arrays of bytes are equal to themselves only, their text is not. */
    private static String text(StoredMessage row) {
        Content content = row.content();
        return row.header() + " " + content.idHigh() + " " + content.idLow() + " " + content.contentType() + " "
                + content.delaySeconds() + " " + HexFormat.of().formatHex(content.body());
    }

    List<LookupResult> find(long... seqs) {
        return get(store.find(Q, seqs));
    }

    final void commit(Consumer<StoreBatch> changes) {
        StoreBatch batch = new StoreBatch();
        changes.accept(batch);
        get(commitLater(store, batch));
    }
}
