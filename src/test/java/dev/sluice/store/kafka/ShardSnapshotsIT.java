package dev.sluice.store.kafka;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.store.CommitMeter;
import dev.sluice.store.ShardRole;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoredMessage;
import dev.sluice.store.log.ShardLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots and the trimming of the log, on real brokers. */
class ShardSnapshotsIT {
    private static final long QUEUE = 7;
    private static final long MINUTES = 3;

    @TempDir
    Path directory;

    private final String prefix = KafkaFixture.newPrefix();

    private KafkaOptions node(String name) {
        return new KafkaOptions(
                KafkaBrokers.shared().bootstrapServers(),
                Map.of(),
                prefix,
                1,
                64 * 1024,
                name,
                directory.resolve(name));
    }

    private static void push(KafkaQueueStore store, long from, long to) {
        List<CompletableFuture<Void>> pushes = LongStream.range(from, to)
                .mapToObj(seq -> {
                    StoreBatch batch = store.newBatch(store.generation(QUEUE));
                    batch.add(QUEUE, enqueued(arrival(seq)));
                    batch.head(QUEUE, head(seq + 1));
                    return commitAsync(store, batch);
                })
                .toList();
        pushes.forEach(pushed -> get(pushed));
    }

    private long logStart(KafkaOptions options) {
        try (ShardLog log = new KafkaShardLog(options, options.log(0))) {
            return log.startOffset();
        }
    }

    private static List<Long> seqs(KafkaQueueStore store, long from) {
        return get(store.readArrivals(QUEUE, from, 1_000_000)).rows().stream()
                .map(StoredMessage::header)
                .map(header -> header.seq())
                .toList();
    }

    /** Pushes until the log of the shard was trimmed; returns the number of the next message. */
    private long pushUntilTrimmed(KafkaQueueStore store, KafkaOptions options) {
        long next = 1;
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        while (logStart(options) == 0 && System.nanoTime() < end) {
            push(store, next, next + 500);
            next += 500;
        }
        assertThat(logStart(options)).isPositive();
        return next;
    }

    @Test
    void theLogIsTrimmedAndANodeWithAnEmptyDirectoryHasEverything() {
        KafkaOptions first = node("first");
        long next;
        try (KafkaQueueStore store = KafkaQueueStore.openAndOwn(first, CommitMeter.NONE)) {
            next = pushUntilTrimmed(store, first);
            assertThat(store.status(0).role()).isEqualTo(ShardRole.OWNER);
            assertThat(store.status(0).groups()).isPositive();
            assertThat(store.status(0).snapshotAgeSeconds()).isNotNegative();
            assertThat(store.status(ShardedStore.CATALOG).snapshotAgeSeconds()).isEqualTo(-1);
        }

        try (KafkaQueueStore store = KafkaQueueStore.openAndOwn(node("second"), CommitMeter.NONE)) {
            assertThat(allSeqs(store))
                    .isEqualTo(LongStream.range(1, next).boxed().toList());
            push(store, next, next + 1);
        }
        try (KafkaQueueStore store = KafkaQueueStore.openAndOwn(first, CommitMeter.NONE)) {
            assertThat(allSeqs(store)).hasSize((int) next);
        }
    }

    /** One read is bounded by its bytes. */
    private static List<Long> allSeqs(KafkaQueueStore store) {
        List<Long> all = new ArrayList<>();
        List<Long> more = seqs(store, 0);
        while (!more.isEmpty()) {
            all.addAll(more);
            more = seqs(store, all.get(all.size() - 1) + 1);
        }
        return all;
    }

    @Test
    void aCopyThatIsOlderThanTheLogIsLoadedAgain() {
        KafkaOptions old = node("old");
        try (KafkaQueueStore store = KafkaQueueStore.openAndOwn(old, CommitMeter.NONE)) {
            push(store, 1, 2);
        }
        KafkaOptions first = node("first");
        long next;
        try (KafkaQueueStore store = KafkaQueueStore.openAndOwn(first, CommitMeter.NONE)) {
            next = pushUntilTrimmed(store, first);
        }

        try (KafkaQueueStore store = KafkaQueueStore.openAndOwn(old, CommitMeter.NONE)) {
            assertThat(allSeqs(store)).hasSize((int) next - 1);
        }
    }

    @Test
    void aLogThatWasTrimmedBeyondAllSnapshotsIsRefused() throws Exception {
        KafkaOptions first = node("first");
        try (KafkaQueueStore store = KafkaQueueStore.openAndOwn(first, CommitMeter.NONE)) {
            push(store, 1, 10);
        }
        try (Admin admin = Admin.create(ClientProperties.admin(first, 30_000))) {
            admin.deleteRecords(Map.of(first.log(0), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }

        await().untilAsserted(
                        () -> assertThatThrownBy(() -> KafkaQueueStore.openAndOwn(node("second"), CommitMeter.NONE))
                                .hasMessageContaining("the log begins at offset"));
    }
}
