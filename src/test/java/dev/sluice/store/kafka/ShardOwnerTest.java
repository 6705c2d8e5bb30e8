package dev.sluice.store.kafka;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.store.CommitMeter;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueReads;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogRecord;
import dev.sluice.store.log.LogRecordFormat;
import dev.sluice.store.rocksdb.LogCopy;
import dev.sluice.store.rocksdb.RocksDbStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner of a shard on a log in memory. */
class ShardOwnerTest {
    private static final LogIdentity IDENTITY = new LogIdentity("cluster", new UUID(1, 2));
    private static final int RECORD_BYTES_MAX = 100_000;
    private static final long QUEUE = 7;

    @TempDir
    Path directory;

    private final SimulatedLog log = new SimulatedLog(1, 0);

    /** An owner with its copy. */
    private record Node(LogCopy copy, ShardOwner owner) implements AutoCloseable {
        CompletableFuture<Void> push(long seq) {
            StoreBatch batch = Samples.batch(owner.generation());
            batch.add(QUEUE, enqueued(arrival(seq)));
            batch.head(QUEUE, head(seq + 1));
            return commit(batch);
        }

        CompletableFuture<Void> commit(StoreBatch batch) {
            CompletableFuture<Void> result = new CompletableFuture<>();
            owner.commit(batch, failure -> {
                if (failure == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(failure);
                }
            });
            return result;
        }

        List<Long> seqs() {
            return get(copy.read(snapshot -> QueueReads.arrivals(snapshot, QUEUE, 0, 100_000, Long.MAX_VALUE)))
                    .rows()
                    .stream()
                    .map(row -> row.header().seq())
                    .toList();
        }

        @Override
        public void close() {
            owner.close();
            copy.close();
        }
    }

    private Node open(SimulatedLog shared, String name) {
        LogCopy copy = LogCopy.open(directory.resolve(name), IDENTITY);
        ShardOwner owner =
                new ShardOwner(shared.view(), copy, IDENTITY, name, name, RECORD_BYTES_MAX, CommitMeter.NONE);
        try {
            owner.start();
        } catch (StoreException failure) {
            copy.close();
            throw failure;
        }
        return new Node(copy, owner);
    }

    @Test
    void anotherNodeWithAnEmptyDirectoryHasEverythingThatWasStored() {
        try (Node first = open(log, "first")) {
            for (long seq = 1; seq <= 100; seq++) {
                get(first.push(seq));
            }
        }

        try (Node second = open(log, "second")) {
            assertThat(second.seqs()).hasSize(100).isSorted();
        }
    }

    @Test
    void whenAnotherNodeHasClaimedTheLogTheFirstRefusesEverythingAndNothingOfItCounts() {
        try (Node first = open(log, "first")) {
            get(first.push(1));
            try (Node second = open(log, "second")) {
                CompletableFuture<Void> late = first.push(2);
                assertThatThrownBy(() -> get(late)).hasCauseInstanceOf(StoreException.class);
                await().until(() -> first.owner.ended().isPresent());
                assertThat(first.owner.failure())
                        .hasValueSatisfying(reason -> assertThat(reason).contains("second", "taken over"));
                get(second.push(3));

                assertThat(second.seqs()).containsExactly(1L, 3L);
            }
            assertThatThrownBy(() -> get(first.push(4))).hasCauseInstanceOf(StoreException.class);
        }

        try (Node third = open(log, "third")) {
            assertThat(third.seqs()).containsExactly(1L, 3L);
        }
    }

    @Test
    void anIdleOwnerLearnsThatAnotherNodeHasClaimedTheLog() {
        try (Node first = open(log, "first");
                Node second = open(log, "second")) {
            await().until(() -> first.owner.ended().isPresent());

            assertThat(second.owner.failure()).isEmpty();
        }
    }

    @Test
    void afterAFailedAppendTheLogIsClaimedAgainInANewGeneration() {
        SimulatedLog faulty = new SimulatedLog(3, 0);
        try (Node node = open(faulty, "node")) {
            get(node.push(1));
            StoreBatch tooLarge = Samples.batch(node.owner.generation());
            for (long seq = 2; seq < 3_000; seq++) {
                tooLarge.add(QUEUE, enqueued(arrival(seq)));
            }

            assertThatThrownBy(() -> get(node.commit(tooLarge))).hasMessageContaining("larger than a record");
            await().until(() ->
                    node.owner.generation() == 1 && node.owner.failure().isEmpty());
            StoreBatch stale = Samples.batch(0);
            stale.add(QUEUE, enqueued(arrival(2)));
            assertThatThrownBy(() -> get(node.commit(stale))).hasMessageContaining("claimed again");
            get(node.push(3));

            assertThat(node.seqs()).containsExactly(1L, 3L);
        }
    }

    @Test
    void recordsOfOtherProgramsAreVoid() {
        try (Node node = open(log, "node")) {
            get(node.push(1));
            log.append("not ours".getBytes(StandardCharsets.UTF_8));
            get(node.push(2));
        }

        try (Node again = open(log, "other")) {
            assertThat(again.seqs()).containsExactly(1L, 2L);
        }
    }

    @Test
    void aTopicOfAnotherProgramIsRefused() {
        log.append(new byte[] {1, 2, 3});

        assertThatThrownBy(() -> open(log, "node")).hasMessageContaining("another program");
    }

    @Test
    void aRecordOfANewerVersionStopsTheNode() {
        byte[] newer = LogRecordFormat.encode(LogRecord.beat(1, 0, UUID.randomUUID()));
        newer[2] = 9;
        log.append(newer);

        assertThatThrownBy(() -> open(log, "node")).hasMessageContaining("cannot read the record at offset 0");
    }

    @Test
    void aLogThatIsShorterThanTheCopyIsRefusedAndTheCopyIsKept() {
        try (Node node = open(log, "node")) {
            get(node.push(1));
            get(node.push(2));
        }
        log.lose(1);

        assertThatThrownBy(() -> open(log, "node")).hasMessageContaining("records of the log were lost");
        try (LogCopy copy = LogCopy.open(directory.resolve("node"), IDENTITY)) {
            assertThat(copy.position().offset()).isEqualTo(2);
        }
    }

    @Test
    void aLogWithAnotherRecordAtThePositionOfTheCopyIsRefused() {
        try (Node node = open(log, "node")) {
            get(node.push(1));
        }
        log.lose(1);
        log.append(LogRecordFormat.encode(LogRecord.beat(1, 0, UUID.randomUUID())));
        log.append(LogRecordFormat.encode(LogRecord.beat(1, 1, UUID.randomUUID())));

        assertThatThrownBy(() -> open(log, "node")).hasMessageContaining("it is another log");
    }

    @Test
    void aCopyOfAnotherTopicIsRefused() {
        open(log, "node").close();

        assertThatThrownBy(() -> LogCopy.open(directory.resolve("node"), new LogIdentity("cluster", new UUID(1, 3))))
                .hasMessageContaining("copy of another log");
    }

    @Test
    void aCopyIsNoStoreOfASingleNode() {
        open(log, "node").close();

        assertThatThrownBy(() -> RocksDbStore.open(directory.resolve("node"), Durability.FSYNC))
                .hasMessageContaining("is a copy of a log in Kafka");
    }

    @Test
    void aLogThatWasCopiedFromAnotherTopicIsRefused() {
        try (Node node = open(log, "node")) {
            get(node.push(1));
        }
        LogIdentity other = new LogIdentity("other cluster", new UUID(5, 6));
        LogCopy copy = LogCopy.open(directory.resolve("other"), other);
        ShardOwner owner =
                new ShardOwner(log.view(), copy, other, "other", "other", RECORD_BYTES_MAX, CommitMeter.NONE);

        assertThatThrownBy(owner::start).hasMessageContaining("copied from another");
        copy.close();
    }

    @Test
    void withAppendsThatArriveTwiceOrLateOrNeverAllNodesAgreeAndNothingAcknowledgedIsLost() {
        for (long seed = 1; seed <= 8; seed++) {
            SimulatedLog faulty = new SimulatedLog(seed, 0.1);
            TreeSet<Long> acknowledged = new TreeSet<>();
            List<Long> served;
            try (Node node = openOnFaultyLog(faulty, "node" + seed)) {
                for (long first = 1; first <= 200; first += 8) {
                    await().until(() -> node.owner.failure().isEmpty());
                    List<CompletableFuture<Void>> pushes = LongStream.range(first, first + 8)
                            .mapToObj(node::push)
                            .toList();
                    for (int i = 0; i < pushes.size(); i++) {
                        CompletableFuture<Boolean> stored = pushes.get(i).handle((none, failure) -> failure == null);
                        if (get(stored)) {
                            acknowledged.add(first + i);
                        }
                    }
                }
                faulty.heal();
                await().until(() -> node.owner.failure().isEmpty());
                served = node.seqs();
            }
            try (Node other = open(faulty, "other" + seed)) {
                assertThat(other.seqs()).as("seed %d", seed).isEqualTo(served).containsAll(acknowledged);
            }
            assertThat(acknowledged).isNotEmpty();
        }
    }

    /** The first claims may fail, too. */
    private Node openOnFaultyLog(SimulatedLog faulty, String name) {
        List<StoreException> failures = new ArrayList<>();
        while (true) {
            try {
                return open(faulty, name);
            } catch (StoreException failure) {
                failures.add(failure);
                assertThat(failures).hasSizeLessThan(50);
            }
        }
    }
}
