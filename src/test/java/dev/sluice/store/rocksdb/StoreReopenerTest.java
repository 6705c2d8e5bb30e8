package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestTimeout;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoredMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a failed store is reopened in the same process. */
class StoreReopenerTest {
    private static final long Q = 7;
    private static final long WRITE_BUFFER_BYTES = 4L << 20;

    @TempDir
    Path directory;

    private RocksDbStore store;
    private FailingWrites disk;

    @BeforeEach
    void open() {
        store = RocksDbStore.open(directory, Durability.FSYNC, WRITE_BUFFER_BYTES, CommitMeter.NONE, writer -> {
            disk = new FailingWrites(writer);
            return disk;
        });
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aFailedWriteIsRefusedAndTheStoreReopensWithAllOtherData() {
        store(1);
        disk.set(FailingWrites.Mode.WRITES_NOTHING);
        assertThatThrownBy(() -> store(2)).hasMessageContaining("the disk takes nothing");
        assertThat(store.failure())
                .hasValueSatisfying(reason -> assertThat(reason).contains("the disk takes nothing"));
        assertThat(seqs()).as("reads go on").containsExactly(1L);
        assertThatThrownBy(() -> store(3)).hasCauseInstanceOf(StoreException.class);

        disk.set(FailingWrites.Mode.WORKS);
        awaitGeneration(1);
        assertThat(store.failure()).isEmpty();
        assertThat(seqs()).containsExactly(1L);
        assertThatThrownBy(() -> commit(0, 3)).as("made before").hasMessageContaining("opened again");
        store(2);
        assertThat(seqs()).containsExactly(1L, 2L);
        closeAndAssertSound(2);
    }

    @Test
    void writesOfAFailedSyncAreInSyncedTablesBeforeTheyAreRead() throws IOException {
        store(1);
        Path logOfTheFailure = DiskImage.only(directory, ".log");
        disk.set(FailingWrites.Mode.WRITES_AND_DOES_NOT_SYNC);
        assertThatThrownBy(() -> store(2)).hasMessageContaining("does not sync");
        disk.set(FailingWrites.Mode.WORKS);
        awaitGeneration(1);

        assertThat(seqs()).as("refused, and there all the same").containsExactly(1L, 2L);
        assertThat(logOfTheFailure).as("nothing rests on it any more").doesNotExist();
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".sst"))).isNotEmpty();
        }
        closeAndAssertSound(2);
    }

    @Test
    void aStoreThatFailsAgainIsReopenedAgain() {
        store(1);
        disk.set(FailingWrites.Mode.WRITES_NOTHING);
        assertThatThrownBy(() -> store(2)).hasCauseInstanceOf(StoreException.class);
        awaitGeneration(1);
        assertThatThrownBy(() -> store(2)).hasCauseInstanceOf(StoreException.class);
        disk.set(FailingWrites.Mode.WORKS);
        awaitGeneration(2);
        store(2);
        closeAndAssertSound(2);
    }

    @Test
    void aFailedReopeningIsRetried() throws IOException {
        store(1);
        Path current = directory.resolve("db/CURRENT");
        Path aside = directory.resolve("aside");
        Files.move(current, aside);
        disk.set(FailingWrites.Mode.WRITES_NOTHING);
        assertThatThrownBy(() -> store(2)).hasCauseInstanceOf(StoreException.class);
        await().until(() -> store.failure().orElse("").contains("opening it again"));
        assertThatThrownBy(this::seqs).as("closed until then").hasCauseInstanceOf(StoreException.class);
        assertThat(store.generation(1)).isZero();

        disk.set(FailingWrites.Mode.WORKS);
        Files.move(aside, current);
        awaitGeneration(1);
        assertThat(seqs()).containsExactly(1L);
        store(2);
        closeAndAssertSound(2);
    }

    @Test
    void damageFoundOnReopeningIsReportedAndTheStoreRemainsFailed() throws IOException {
        for (int seq = 1; seq <= 5; seq++) {
            store(seq);
        }
        Path log = DiskImage.only(directory, ".log");
        byte[] bytes = Files.readAllBytes(log);
        bytes[40] ^= 1;
        Files.write(log, bytes);
        disk.set(FailingWrites.Mode.WRITES_NOTHING);
        assertThatThrownBy(() -> store(6)).hasCauseInstanceOf(StoreException.class);
        disk.set(FailingWrites.Mode.WORKS);

        await().until(() -> store.failure().orElse("").contains("damaged"));
        assertThat(store.failure()).hasValueSatisfying(reason -> assertThat(reason)
                .contains(log.getFileName().toString()));
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sluice-store-reopen")));
        assertThat(store.generation(1)).isZero();
        assertThatThrownBy(() -> store(6)).hasCauseInstanceOf(StoreException.class);
    }

    @Test
    void readsDuringReopeningSeeTheOldOrTheNewStoreOrFail() {
        store(1);
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            disk.set(FailingWrites.Mode.WRITES_AND_DOES_NOT_SYNC);
            long seq = 1 + round;
            assertThatThrownBy(() -> store(seq)).hasCauseInstanceOf(StoreException.class);
            disk.set(FailingWrites.Mode.WORKS);
            while (store.generation(1) < round) {
                CompletableFuture<Integer> read = store.readArrivals(Q, 0, 100)
                        .thenApply(arrivals -> arrivals.rows().size())
                        .toCompletableFuture();
                reads.add(read);
                read.handle((rows, failure) -> rows)
                        .orTimeout(TestTimeout.SECONDS, TimeUnit.SECONDS)
                        .join();
            }
        }
        assertThat(reads).hasSizeGreaterThan(10);
        for (CompletableFuture<Integer> read : reads) {
            assertThat(read.handle((rows, failure) ->
                            failure == null ? rows >= 1 && rows <= 4 : failure.getCause() instanceof StoreException))
                    .isCompletedWithValue(true);
        }
        closeAndAssertSound(4);
    }

    @Test
    void closeEndsTheReopening() throws IOException {
        store(1);
        Files.move(directory.resolve("db/CURRENT"), directory.resolve("aside"));
        disk.set(FailingWrites.Mode.WRITES_NOTHING);
        assertThatThrownBy(() -> store(2)).hasCauseInstanceOf(StoreException.class);
        await().until(() -> store.failure().orElse("").contains("opening it again"));
        store.close();
        Files.move(directory.resolve("aside"), directory.resolve("db/CURRENT"));

        closeAndAssertSound(1);
    }

    private void store(long seq) {
        commit(store.generation(1), seq);
    }

    private void commit(long generation, long seq) {
        StoreBatch batch = Samples.batch(generation);
        batch.add(Q, enqueued(arrival(seq)));
        batch.head(Q, head(seq + 1));
        get(commitAsync(store, batch));
    }

    private List<Long> seqs() {
        return get(store.readArrivals(Q, 0, 100)).rows().stream()
                .map(StoredMessage::header)
                .map(header -> header.seq())
                .toList();
    }

    private void awaitGeneration(long generation) {
        await().until(() -> store.generation(1) == generation);
    }

    private void closeAndAssertSound(int messages) {
        store.close();
        try (RocksDbStore again = RocksDbStore.open(directory, Durability.FSYNC)) {
            assertThat(get(again.readArrivals(Q, 0, 100)).rows()).hasSize(messages);
        }
    }
}
