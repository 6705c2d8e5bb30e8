package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.leased;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Lease;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a batch says about itself: whether it must be synced, how large it is, what it deletes. */
class StoreBatchTest {
    private static final long Q = 7;
    private static final long UNKNOWN_BODY_BYTES = 1L << 30;

    private final StoreBatch batch = Samples.batch();

    private static QueueEvent removed(QueueEvent.Cause cause) {
        return new QueueEvent.Removed(arrival(1), QueueEvent.MessageLocation.ARRIVAL, 0, cause);
    }

    private static StoreBatch with(Consumer<StoreBatch> change) {
        StoreBatch batch = Samples.batch();
        change.accept(batch);
        return batch;
    }

    @Test
    void aBatchIsSyncedIfAnyOfItsEventsMustBeAndStaysSo() {
        assertThat(batch.durable()).isFalse();
        batch.add(Q, leased(new Lease(arrival(1), 1, 5_000)));
        batch.head(Q, Samples.head(1));
        assertThat(batch.durable()).as("a lease need not be").isFalse();
        batch.add(Q, enqueued(arrival(2)));
        assertThat(batch.durable()).isTrue();
        batch.add(Q, leased(new Lease(arrival(2), 1, 5_000)));
        batch.head(Q, Samples.head(2));
        assertThat(batch.durable()).as("the push still must be").isTrue();
    }

    @Test
    void everyChangeOfTheCatalogIsSynced() {
        assertThat(with(each -> each.putCatalog(new byte[] {1}, new byte[] {2})).durable())
                .isTrue();
        assertThat(with(each -> each.deleteCatalog(new byte[] {1})).durable()).isTrue();
        assertThat(with(each -> each.dropQueue(Q)).durable()).isTrue();
    }

    @Test
    void theBodiesThatABatchDeletesAreCounted() {
        assertThat(batch.deletedBodyBytes()).isZero();
        batch.add(Q, removed(QueueEvent.Cause.ACKED));
        batch.add(
                Q,
                new QueueEvent.Removed(
                        delayed(2), QueueEvent.MessageLocation.SCHEDULED, 9_000, QueueEvent.Cause.EXPIRED));
        assertThat(batch.deletedBodyBytes()).isEqualTo(20);
        batch.add(Q, new QueueEvent.Purged(3, 1));
        assertThat(batch.deletedBodyBytes()).isEqualTo(20 + UNKNOWN_BODY_BYTES);
        batch.dropQueue(Q);
        assertThat(batch.deletedBodyBytes()).isEqualTo(20 + 2 * UNKNOWN_BODY_BYTES);
    }

    @Test
    void aBatchWithAHeadOnlyIsNotEmpty() {
        assertThat(batch.isEmpty()).isTrue();
        assertThat(batch.bytes()).isZero();
        batch.head(Q, Samples.head(1));
        assertThat(batch.isEmpty()).isFalse();
        assertThat(batch.bytes()).isEqualTo(HeadChanges.BYTES_EACH);
        batch.head(Q, Samples.head(2));
        assertThat(batch.bytes()).as("one head per queue").isEqualTo(HeadChanges.BYTES_EACH);
        assertThat(with(each -> each.add(Q, enqueued(arrival(1)))).isEmpty()).isFalse();
    }

    @Test
    void theNextBatchOfAQueueHasRoomForAQuarterMoreWithinBounds() {
        assertThat(batch.nextCapacityBytes()).isEqualTo(StoreBatch.CAPACITY_BYTES_MIN);
        batch.putCatalog(new byte[] {1}, new byte[4_000]);
        int bytes = batch.records().length();
        assertThat(batch.nextCapacityBytes()).isEqualTo(bytes + bytes / 4);
        batch.putCatalog(new byte[] {2}, new byte[100_000]);
        assertThat(batch.nextCapacityBytes()).isEqualTo(64 * 1024);
    }

    @Test
    void theLastHeadOfAQueueIsWrittenInABatchAndInAGroup() {
        batch.head(Q, Samples.head(1));
        batch.head(Q, Samples.head(2));
        batch.head(8, Samples.head(5));
        StoreBatch later = Samples.batch();
        later.head(Q, Samples.head(3));
        later.dropQueue(8);
        HeadChanges group = new HeadChanges();
        group.addAll(batch.heads());
        group.addAll(later.heads());
        assertThat(group.size()).isEqualTo(2);
        List<QueueHead> written = new ArrayList<>();
        List<Long> deleted = new ArrayList<>();
        group.writeTo(new BatchVisitor() {
            @Override
            public void put(ColumnFamily family, byte[] key, byte[] value) {
                assertThat(key).isEqualTo(KeyFormat.queueKey(KeyFormat.SPACE_HEAD, Q));
                written.add(RecordFormat.readHead(value));
            }

            @Override
            public void delete(ColumnFamily family, byte[] key) {
                deleted.add(KeyFormat.queueOf(key));
            }

            @Override
            public void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey) {
                throw new AssertionError("heads are single records");
            }
        });
        assertThat(written).containsExactly(Samples.head(3));
        assertThat(deleted).containsExactly(8L);
    }
}
