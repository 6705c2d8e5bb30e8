package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.leased;
import static dev.sluice.store.Samples.withOriginalTimestamp;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.CheckReport;
import dev.sluice.store.CheckTotals;
import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the findings of {@code sluice check}, and that it changes nothing. */
class StoreCheckTest {
    private static final long Q = 7;
    private static final long DEAD = 8;
    private static final long NEWEST_MILLIS = 9_000;

    @TempDir
    Path temporary;

    @Test
    void aSoundStoreHasNoFindingsAndItsMessagesAreCounted() {
        Path directory = sound();

        StoreCheck check = StoreCheck.run(directory);

        assertThat(check.findings().kept()).isEmpty();
        assertThat(check.totals()).isEqualTo(new CheckTotals(2, 5, 50));
    }

    @Test
    void aCheckChangesNothingOnDisk() throws IOException {
        Path directory = sound();
        Map<String, String> before = stateOf(directory);

        StoreCheck.run(directory);

        assertThat(stateOf(directory)).isEqualTo(before);
    }

    @Test
    void theStoreOfAKilledProcessIsSound() throws IOException {
        Path live = temporary.resolve("live");
        Path image = temporary.resolve("image");
        try (RocksDbStore store = RocksDbStore.open(live, Durability.FSYNC)) {
            get(commitAsync(store, soundBatch()));
            DiskImage.copy(live, image);
        }

        assertThat(StoreCheck.run(image).findings().kept()).isEmpty();
        assertThat(StoreCheck.run(image).totals().messages()).isEqualTo(5);
    }

    @Test
    void aStoreInUseIsNotChecked() {
        Path directory = temporary.resolve("data");
        RocksDbStore running = RocksDbStore.open(directory, Durability.FSYNC);
        try {
            assertThatThrownBy(() -> StoreCheck.run(directory))
                    .isExactlyInstanceOf(StoreException.class)
                    .hasMessageContaining("another Sluice is running");
        } finally {
            running.close();
        }
    }

    @Test
    void aMissingOrNewerStoreIsNotChecked() throws IOException {
        assertThatThrownBy(() -> StoreCheck.run(temporary.resolve("absent")))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessageContaining("is not a data directory");
        Files.writeString(temporary.resolve("SLUICE"), "Sluice data directory, format 99\n");
        assertThatThrownBy(() -> StoreCheck.run(temporary))
                .isExactlyInstanceOf(StoreException.class)
                .hasMessageContaining("newer Sluice");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damagedFiles")
    void aDamagedFileIsNamed(String file, boolean delete) throws IOException {
        Path directory = sound();
        reopen(directory);
        Path damaged;
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            damaged = files.filter(path -> path.getFileName().toString().matches(file))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(damaged);
        if (delete) {
            Files.delete(damaged);
        } else {
            bytes[Math.min(20, bytes.length / 2)] ^= 4;
            Files.write(damaged, bytes);
        }

        CheckReport findings = StoreCheck.run(directory).findings();

        String name = damaged.getFileName().toString();
        assertThat(findings.kept()).anySatisfy(finding -> assertThat(finding.where() + ": " + finding.what())
                .contains(name)
                .doesNotContain("\n"));
    }

    static Stream<Arguments> damagedFiles() {
        return Stream.of(
                Arguments.of(".*\\.sst", false),
                Arguments.of(".*\\.sst", true),
                Arguments.of("MANIFEST.*", false),
                Arguments.of("CURRENT", false));
    }

    @Test
    void aDamagedLogIsNamed() throws IOException {
        Path live = temporary.resolve("live");
        Path image = temporary.resolve("image");
        try (RocksDbStore store = RocksDbStore.open(live, Durability.FSYNC)) {
            get(commitAsync(store, soundBatch()));
            get(commitAsync(store, Samples.batch()));
            DiskImage.copy(live, image);
        }
        Path log = DiskImage.only(image, ".log");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 1;
        Files.write(log, bytes);

        assertThat(StoreCheck.run(image).findings().kept()).singleElement().satisfies(finding -> assertThat(
                        finding.what())
                .contains(log.getFileName().toString()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inconsistencies")
    void inconsistentRecordsAreFound(String finding, Consumer<StoreBatch> damage) {
        Path directory = sound();
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.FSYNC)) {
            StoreBatch batch = Samples.batch();
            damage.accept(batch);
            get(commitAsync(store, batch));
        }

        assertThat(StoreCheck.run(directory).findings().kept())
                .extracting(actual -> actual.where() + ": " + actual.what())
                .contains(finding);
    }

    static Stream<Arguments> inconsistencies() {
        MessageHeader other = new MessageHeader(2, 1_002, 1_002, 11, false);
        return Stream.of(
                damage("queue 7: it holds 4 messages, its head says 5", batch -> batch.head(Q, head(6, 2, 6, 50, 1))),
                damage("queue 7: it holds 40 bytes, its head says 41", batch -> batch.head(Q, head(6, 2, 5, 51, 1))),
                damage(
                        "queue 7: it holds 1 waiting messages, its head says 2",
                        batch -> batch.head(Q, head(6, 2, 5, 50, 2))),
                damage(
                        "queue 7: message 2 is in no place: not an arrival, not waiting, not leased",
                        batch -> batch.head(Q, head(6, 3, 5, 50, 1))),
                damage(
                        "queue 7: message 4 is not from 1 to below 4, as its head says",
                        batch -> batch.head(Q, head(4, 2, 5, 50, 1))),
                damage(
                        "queue 7: the waiting message 3 lies before the first one that its head names",
                        batch -> batch.head(
                                Q, new QueueHead(6, 2, 5, 50, 1, 0, 0, 4, 0, NEWEST_MILLIS, 1, 0, Long.MAX_VALUE))),
                damage(
                        "queue 7: message 1 is newer than its head says",
                        batch -> batch.head(Q, new QueueHead(6, 2, 5, 50, 1, 0, 0, 1, 0, 5, 1, 0, Long.MAX_VALUE))),
                damage(
                        "queue 7: the lease of message 99 belongs to no message",
                        batch -> batch.add(Q, leased(new Lease(arrival(99), 1, 5_000)))),
                damage(
                        "queue 7: the lease of message 2 is among the messages that were never delivered",
                        batch -> batch.add(Q, leased(new Lease(arrival(2), 1, 5_000)))),
                damage(
                        "queue 7: the lease of message 2 contradicts the message",
                        batch -> batch.add(Q, leased(new Lease(other, 1, 5_000)))),
                damage(
                        "queue 7: the waiting message 3 is leased too",
                        batch -> batch.add(Q, leased(new Lease(delayed(3), 1, 5_000)))),
                damage(
                        "queue 7: the scheduled message 3 is not waiting as it should be",
                        batch -> batch.add(
                                Q, new QueueEvent.Rescheduled(new ScheduledMessage(delayed(3), 0, 7_000), 6_999))),
                damage(
                        "queue 7: message 2 is still stored although it was dead-lettered",
                        batch -> batch.add(DEAD, deadLetteredFrom(withOriginalTimestamp(9, 5), delayed(2)))),
                damage(
                        "queue 8: the original timestamp of message 1 belongs to no message",
                        batch -> batch.add(
                                DEAD,
                                new QueueEvent.Removed(
                                        arrival(1), QueueEvent.MessageLocation.ARRIVAL, 0, QueueEvent.Cause.ACKED))),
                damage(
                        "queue 55: message 1 belongs to a queue without a head",
                        batch -> batch.add(55, enqueued(arrival(1)))));
    }

    private static Arguments damage(String finding, Consumer<StoreBatch> damage) {
        return Arguments.of(finding, damage);
    }

    /**
     * Message 1 is leased, 2 an arrival, 3 scheduled, 4 an arrival, 5 dead-lettered to queue 8 and not yet confirmed.
     */
    private static StoreBatch soundBatch() {
        StoreBatch batch = Samples.batch();
        batch.add(Q, enqueued(arrival(1)));
        batch.add(Q, leased(new Lease(arrival(1), 1, 5_000)));
        batch.add(Q, enqueued(arrival(2)));
        batch.add(Q, enqueued(delayed(3), 6_000));
        batch.add(Q, enqueued(arrival(4)));
        batch.add(Q, enqueued(delayed(5), 3_000));
        batch.add(Q, new QueueEvent.Leased(new Lease(delayed(5), 1, 5_000), 3_000));
        batch.add(DEAD, deadLetteredFrom(withOriginalTimestamp(1, 1_005), delayed(5)));
        batch.head(Q, head(6, 2, 5, 50, 1));
        batch.head(DEAD, new QueueHead(2, 1, 1, 10, 0, 1, 0, 1, 0, NEWEST_MILLIS, 1, 0, Long.MAX_VALUE));
        return batch;
    }

    private static QueueEvent deadLetteredFrom(MessageHeader deadLetter, MessageHeader original) {
        return new QueueEvent.Enqueued(
                deadLetter, content(deadLetter.seq()), deadLetter.storedAtMillis(), new QueueEvent.Origin(Q, original));
    }

    private static QueueHead head(long nextSeq, long arrivalsFromSeq, long count, long bytes, long scheduledCount) {
        return new QueueHead(
                nextSeq,
                arrivalsFromSeq,
                count,
                bytes,
                scheduledCount,
                0,
                0,
                1,
                0,
                NEWEST_MILLIS,
                1,
                0,
                Long.MAX_VALUE);
    }

    private Path sound() {
        Path directory = temporary.resolve("data");
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.FSYNC)) {
            get(commitAsync(store, soundBatch()));
        }
        return directory;
    }

    /** Moves the content of the log into tables. */
    private static void reopen(Path directory) {
        RocksDbStore.open(directory, Durability.FSYNC).close();
    }

    /** Returns every file with size, time and content, and every directory with its time. */
    private static Map<String, String> stateOf(Path directory) throws IOException {
        Map<String, String> state = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                String content =
                        Files.isDirectory(path) ? "" : String.valueOf(Arrays.hashCode(Files.readAllBytes(path)));
                state.put(path.toString(), Files.getLastModifiedTime(path) + " " + content);
            }
        }
        return state;
    }
}
