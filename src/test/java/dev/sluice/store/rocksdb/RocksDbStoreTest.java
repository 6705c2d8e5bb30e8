package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestTimeout;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStoreContract;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreFixture;
import dev.sluice.store.memory.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbStoreTest extends QueueStoreContract {
    @TempDir
    Path directory;

    @Override
    protected StoreFixture fixture() {
        return new RocksDbFixture();
    }

    @Test
    void aBatchOfAnotherKindOfStoreIsRefused() {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC);
                MemoryStore other = new MemoryStore()) {
            StoreBatch batch = other.newBatch(0);

            assertThatThrownBy(() -> store.commit(batch, failure -> {})).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // More interleavings, not a condition.
    void readsConcurrentWithCloseCompleteOrFail() throws Exception {
        for (int round = 0; round < 5; round++) {
            RocksDbStore store = RocksDbStore.open(directory.resolve("race"), Durability.ASYNC);
            StoreBatch batch = Samples.batch();
            batch.add(1, enqueued(arrival(round + 1)));
            get(commitAsync(store, batch));
            List<CompletableFuture<?>> reads = new ArrayList<>();
            Thread reader = new Thread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    reads.add(store.readArrivals(1, 0, 10).toCompletableFuture());
                    reads.add(store.find(1, new long[] {1, 2}).toCompletableFuture());
                }
            });
            reader.start();
            Thread.yield();
            store.close();
            reader.join();
            for (CompletableFuture<?> read : reads) {
                assertThat(read.handle((rows, failure) -> failure == null || failure instanceof StoreException))
                        .succeedsWithin(TestTimeout.SECONDS, TimeUnit.SECONDS)
                        .isEqualTo(true);
            }
        }
    }

    @Test
    void readsBeyondTheQueueOfTheReadPoolFailAtOnce() throws Exception {
        ReadPool pool = new ReadPool();
        CountDownLatch latch = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> reads = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            reads.add(pool.read(() -> {
                        awaitLatch(latch);
                        return true;
                    })
                    .toCompletableFuture());
        }
        long refused = reads.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .count();
        latch.countDown();
        pool.close();

        assertThat(refused).isBetween(5_000L, 9_000L);
        assertThat(reads.stream().filter(read -> !read.isCompletedExceptionally()))
                .allMatch(CompletableFuture::isDone);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
