package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.leased;
import static dev.sluice.store.Samples.withOriginalTimestamp;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
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

/** Base class of the store contract: the store under test and shared helpers of the tests. */
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

    /** Adds messages in every state, and a dead-lettered marker for message 9. */
    static void everyKindOfMessage(StoreBatch batch, long queue) {
        batch.add(queue, enqueued(arrival(1)));
        batch.add(queue, enqueued(delayed(2), 9_000));
        batch.add(queue, enqueued(withOriginalTimestamp(3, 500)));
        batch.add(queue, enqueued(arrival(4)));
        batch.add(queue, leased(new Lease(arrival(4), 1, 4_000)));
        batch.add(queue, enqueued(delayed(5), 8_000));
        batch.add(queue, new QueueEvent.Leased(new Lease(delayed(5), 1, 4_000), 8_000));
        batch.add(queue, new QueueEvent.Released(new ScheduledMessage(delayed(5), 1, 12_000)));
        MessageHeader deadLettered = arrival(9);
        batch.add(queue, enqueued(deadLettered));
        batch.add(queue, leased(new Lease(deadLettered, 1, 4_000)));
        batch.add(
                1_000_000,
                new QueueEvent.Enqueued(
                        withOriginalTimestamp(queue, 500),
                        content(9),
                        withOriginalTimestamp(queue, 500).storedAtMillis(),
                        new QueueEvent.Origin(queue, deadLettered)));
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

    static QueueEvent removed(MessageHeader header, QueueEvent.MessageLocation location, long availableAtMillis) {
        return new QueueEvent.Removed(header, location, availableAtMillis, QueueEvent.Cause.ACKED);
    }

    static List<Long> seqs(List<ScheduledMessage> rows) {
        return rows.stream().map(row -> row.header().seq()).toList();
    }

    static void assertContents(List<StoredMessage> actual, StoredMessage... expected) {
        assertThat(actual.stream().map(StoreContract::text).toList())
                .isEqualTo(Stream.of(expected).map(StoreContract::text).toList());
    }

    /** Byte arrays have no value equality; their text has. */
    private static String text(StoredMessage row) {
        Content content = row.content();
        return row.header() + " " + content.idHigh() + " " + content.idLow() + " " + content.contentType() + " "
                + content.delaySeconds() + " " + HexFormat.of().formatHex(content.body());
    }

    List<LookupResult> find(long... seqs) {
        return get(store.find(Q, seqs));
    }

    final void commit(Consumer<StoreBatch> changes) {
        StoreBatch batch = store.newBatch(0);
        changes.accept(batch);
        get(commitAsync(store, batch));
    }
}
