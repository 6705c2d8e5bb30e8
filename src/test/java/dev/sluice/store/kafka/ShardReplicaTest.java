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
import dev.sluice.store.QueueStore;
import dev.sluice.store.Samples;
import dev.sluice.store.ShardListener;
import dev.sluice.store.ShardRole;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreResults;
import dev.sluice.store.log.LogClaim;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogRecord;
import dev.sluice.store.log.LogRecordFormat;
import dev.sluice.store.rocksdb.LogCopy;
import dev.sluice.store.rocksdb.RocksDbStore;
import dev.sluice.store.rocksdb.SharedDatabaseMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard of several nodes on a log in memory. */
class ShardReplicaTest {
    private static final LogIdentity IDENTITY =
            new LogIdentity("cluster", new UUID(1, 2), new UUID(1, 3), new UUID(1, 4), 24, 3);
    private static final int RECORD_BYTES_MAX = 100_000;
    private static final long QUEUE = 7;

    @TempDir
    Path directory;

    private final SimulatedLog log = new SimulatedLog(1, 0);

    /** A node with one shard. */
    private record Node(ShardReplica owner) implements AutoCloseable {
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
            return get(owner.read(snapshot -> QueueReads.arrivals(snapshot, QUEUE, 0, 100_000, Long.MAX_VALUE), true))
                    .rows()
                    .stream()
                    .map(row -> row.header().seq())
                    .toList();
        }

        @Override
        public void close() {
            owner.close();
        }
    }

    private Node open(SimulatedLog shared, String name) {
        return open(shared, name, IDENTITY);
    }

    private Node open(SimulatedLog shared, String name, LogIdentity identity) {
        Node node = start(shared, name, identity, ShardListener.NONE);
        try {
            get(node.owner.own());
        } catch (CompletionException failure) {
            node.close();
            throw failure;
        }
        return node;
    }

    private Node start(SimulatedLog shared, String name, LogIdentity identity, ShardListener listener) {
        Path copy = directory.resolve(name);
        ShardReplica replica = new ShardReplica(
                new ReplicaConfig(3, identity, name, name, UUID.randomUUID(), RECORD_BYTES_MAX),
                shared::view,
                log -> LogCopy.open(copy, identity, memory),
                CommitMeter.NONE,
                listener);
        return new Node(replica);
    }

    private SharedDatabaseMemory memory;

    @BeforeEach
    void openMemory() {
        memory = new SharedDatabaseMemory(directory.resolve("shared"), 4);
    }

    @AfterEach
    void closeMemory() {
        memory.close();
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
                await().until(() -> !first.owner.isOwner());
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
    void aStandbyFollowsTheLogAndServesNothing() {
        try (Node owner = open(log, "owner");
                Node standby = start(log, "standby", IDENTITY, ShardListener.NONE)) {
            standby.owner.follow();
            get(owner.push(1));

            await().until(() -> standby.owner.appliedOffset() == owner.owner.appliedOffset());
            assertThat(standby.seqs()).containsExactly(1L);
            assertThat(standby.owner.generation()).isEqualTo(QueueStore.NOT_OWNED);
            assertThat(standby.owner.status().role()).isEqualTo(ShardRole.STANDBY);
            assertThatThrownBy(() -> get(standby.owner.read(snapshot -> 1, false)))
                    .hasMessageContaining("belongs to node owner");
            assertThatThrownBy(() -> get(standby.push(2))).hasMessageContaining("belongs to node owner");
        }
    }

    @Test
    void aShardThatIsGivenUpCanBeOwnedByAnotherNodeAndComeBack() {
        Changes changes = new Changes();
        try (Node first = start(log, "first", IDENTITY, changes)) {
            get(first.owner.own());
            get(first.push(1));
            get(first.owner.giveUp());
            assertThat(first.owner.isOwner()).isFalse();
            try (Node second = open(log, "second")) {
                get(second.push(2));
                get(first.owner.own());
                get(first.push(3));
                assertThat(first.seqs()).containsExactly(1L, 2L, 3L);
                await().until(() -> !second.owner.isOwner());
            }
            assertThat(first.owner.generation()).isEqualTo(1);
            assertThat(changes).containsExactly("gained 3 in epoch 1", "lost 3", "gained 3 in epoch 3");
        }
    }

    @Test
    void whatWaitsIsStoredBeforeAShardIsGivenUp() {
        try (Node node = open(log, "node")) {
            List<CompletableFuture<Void>> pushes =
                    LongStream.range(1, 100).mapToObj(node::push).toList();
            get(node.owner.giveUp());

            pushes.forEach(StoreResults::get);
        }
    }

    @Test
    void aNodeWhoseShardWasTakenClaimsItAgainOnlyWhenItIsAskedTo() {
        Changes changes = new Changes();
        try (Node first = start(log, "first", IDENTITY, changes)) {
            get(first.owner.own());
            try (Node second = open(log, "second")) {
                await().until(() -> changes.contains("lost 3"));
                get(second.push(1));
                get(first.owner.own());
                get(first.push(2));

                assertThat(first.seqs()).containsExactly(1L, 2L);
            }
        }
    }

    @Test
    void aConfirmationWaitsForAnAppendThatIsSentAfterIt() {
        try (Node node = open(log, "node")) {
            get(node.push(1));
            long now = System.nanoTime();
            assertThat(node.owner.isConfirmed(now)).isFalse();

            get(node.owner.confirm(now));

            assertThat(node.owner.isConfirmed(now)).isTrue();
            assertThat(node.owner.isConfirmed(System.nanoTime())).isFalse();
        }
    }

    @Test
    void aNodeThatLostItsShardConfirmsNothing() {
        try (Node first = open(log, "first");
                Node second = open(log, "second")) {
            long now = System.nanoTime();

            assertThatThrownBy(() -> get(first.owner.confirm(now))).hasCauseInstanceOf(StoreException.class);
            get(second.owner.confirm(now));
        }
    }

    @Test
    void aCatchUpReachesWhatWasStoredBeforeIt() {
        try (Node owner = open(log, "owner");
                Node standby = start(log, "standby", IDENTITY, ShardListener.NONE)) {
            standby.owner.follow();
            for (long seq = 1; seq <= 20; seq++) {
                get(owner.push(seq));
                long offset = owner.owner.appliedOffset();

                assertThat(get(standby.owner.catchUp())).isGreaterThanOrEqualTo(offset);
                assertThat(get(owner.owner.catchUp())).isGreaterThanOrEqualTo(offset);
            }
            standby.owner.unfollow();
            assertThatThrownBy(() -> get(standby.owner.catchUp())).hasCauseInstanceOf(StoreException.class);
        }
    }

    @Test
    void aCopyThatDiffersFromThatOfTheOwnerStopsItsNode() {
        try (Node node = open(log, "node")) {
            get(node.push(1));
        }
        log.append(LogRecordFormat.encode(
                LogRecord.claim(2, new UUID(8, 8), new LogClaim(IDENTITY, historyOf("node"), "liar").encode())));
        log.append(LogRecordFormat.encode(LogRecord.beat(2, 0, new UUID(8, 8), 12_345)));

        assertThatThrownBy(() -> open(log, "node")).hasMessageContaining("differs from that of the owner liar");
    }

    private UUID historyOf(String name) {
        try (LogCopy copy = LogCopy.open(directory.resolve(name), IDENTITY, memory)) {
            return copy.position().historyId();
        }
    }

    /** What a listener was told. */
    @SuppressWarnings("serial")
    private static final class Changes extends CopyOnWriteArrayList<String> implements ShardListener {
        @Override
        public void gained(int shard, long epoch) {
            add("gained " + shard + " in epoch " + epoch);
        }

        @Override
        public void lost(int shard, String reason) {
            add("lost " + shard);
        }

        @Override
        public void catalogAdvanced(long offset) {
            add("catalog " + offset);
        }
    }

    @Test
    void anIdleOwnerLearnsThatAnotherNodeHasClaimedTheLog() {
        try (Node first = open(log, "first");
                Node second = open(log, "second")) {
            await().until(() -> !first.owner.isOwner());

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
        try (LogCopy copy = LogCopy.open(directory.resolve("node"), IDENTITY, memory)) {
            assertThat(copy.position().offset()).isEqualTo(3);
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

        LogIdentity again = new LogIdentity("cluster", new UUID(9, 9), new UUID(1, 3), new UUID(1, 4), 24, 3);

        assertThatThrownBy(() -> LogCopy.open(directory.resolve("node"), again, memory))
                .hasMessageContainingAll("copy of another log", "topic of the log was deleted and made again");
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
        LogIdentity other = new LogIdentity("other cluster", new UUID(1, 2), new UUID(1, 3), new UUID(1, 4), 24, 3);

        assertThatThrownBy(() -> open(log, "other", other))
                .hasMessageContainingAll("written to another log", "belongs to the Kafka cluster cluster");
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
        List<CompletionException> failures = new ArrayList<>();
        while (true) {
            try {
                return open(faulty, name);
            } catch (CompletionException failure) {
                failures.add(failure);
                assertThat(failures).hasSizeLessThan(50);
            }
        }
    }
}
