package dev.sluice.store.rocksdb;

import static dev.sluice.store.Outcomes.commitLater;
import static dev.sluice.store.Outcomes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.store.Durability;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.rocksdb.wal.WalScanner;
import dev.sluice.store.rocksdb.wal.WalVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store does with logs whose files were logs before: their ends are in the middle of old records. */
class ReusedLogTest {
    @TempDir
    Path temporary;

    private ReusedLogs logs;

    @BeforeEach
    void begin() {
        logs = new ReusedLogs(temporary);
    }

    @Test
    void aKilledStoreWithReusedLogsHasEverything() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path image = logs.image();

            assertThat(ReusedLogs.logs(image)).as("logs").hasSizeGreaterThan(1);
            ReusedLogs.assertComplete(image, logs.written());
        }
    }

    @Test
    void aWriteThatIsCutAnywhereOverAnOldLogIsLostAlone() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path log = ReusedLogs.lastLog(logs.live());
            byte[] before = Files.readAllBytes(log);
            int from = (int) WalScanner.through(log, 0).end();
            logs.write(store);
            assertThat(ReusedLogs.lastLog(logs.live())).isEqualTo(log);
            byte[] after = Files.readAllBytes(log);
            int to = (int) WalScanner.through(log, 0).end();
            Path image = logs.image();

            for (int cut = from; cut < to; cut += 97) {
                byte[] torn = before.clone();
                System.arraycopy(after, from, torn, from, cut - from);
                ReusedLogs.assertComplete(
                        logs.copyWithLog(image, log, torn), logs.written() - ReusedLogs.MESSAGES_IN_A_WRITE);
            }
            ReusedLogs.assertComplete(logs.copyWithLog(image, log, after), logs.written());
        }
    }

    @Test
    void aFlippedBitInALogIsARefusalOrConcernsNothing() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path image = logs.image();
            int refusals = 0;
            for (Path log : ReusedLogs.logs(image)) {
                byte[] bytes = Files.readAllBytes(log);
                int end = (int) WalScanner.through(log, 0).end();
                for (int position = 0; position < end; position += end / 40 + 1) {
                    byte[] damaged = bytes.clone();
                    damaged[position] ^= (byte) (1 << position % 8);
                    refusals += logs.assertRefusedOrComplete(logs.copyWithLog(image, log, damaged));
                }
            }
            assertThat(refusals).isGreaterThan(40);
        }
    }

    @Test
    void aFlippedBitInTheHeaderOfTheLastWriteIsARefusal() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path image = logs.image();
            Path log = ReusedLogs.lastLog(image);
            byte[] bytes = Files.readAllBytes(log);
            int last =
                    ReusedLogs.records(bytes, WalScanner.through(log, 0).end()).get(0);
            for (int position = last; position < last + ReusedLogs.HEADER_BYTES; position++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] damaged = bytes.clone();
                    damaged[position] ^= (byte) (1 << bit);
                    Path copy = logs.copyWithLog(image, log, damaged);
                    assertThatThrownBy(() -> ReusedLogs.open(copy).close())
                            .as("bit %d of byte %d", bit, position - last)
                            .isInstanceOf(StoreCorruptException.class)
                            .hasMessageContaining(log.getFileName().toString());
                }
            }
        }
    }

    /** It concerns nothing once both families are flushed, which they are at once. */
    @Test
    void garbageAtTheEndOfALogThatIsNotTheLastIsARefusalOrConcernsNothing() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path image = logs.image();
            List<Path> all = ReusedLogs.logs(image);
            assertThat(all).hasSizeGreaterThan(1);
            for (Path log : all.subList(0, all.size() - 1)) {
                byte[] bytes = Files.readAllBytes(log);
                int from = ReusedLogs.records(bytes, WalScanner.through(log, 0).end())
                        .get(0);
                Arrays.fill(bytes, from, from + 40, (byte) 0xEE);
                logs.assertRefusedOrComplete(logs.copyWithLog(image, log, bytes));
            }
        }
    }

    /** Nothing in the tables shows it then: RocksDB opens such a store without the later log. */
    @Test
    void garbageAtTheEndOfALogBeforeAnythingOfItWasFlushedIsARefusal() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path image = logs.image();
            Path log = ReusedLogs.lastLog(logs.live());
            while (ReusedLogs.lastLog(logs.live()).equals(log)) {
                logs.write(store);
            }
            byte[] whole = Files.readAllBytes(log);
            Path laterLog = ReusedLogs.lastLog(logs.live());
            Path unflushed = logs.copyWithLog(image, laterLog, Files.readAllBytes(laterLog));
            byte[] broken = whole.clone();
            int from =
                    ReusedLogs.records(whole, WalScanner.through(log, 0).end()).get(0);
            Arrays.fill(broken, from, from + 40, (byte) 0xEE);

            ReusedLogs.assertComplete(logs.copyWithLog(unflushed, log, whole), logs.written());
            Path damaged = logs.copyWithLog(unflushed, log, broken);
            assertThatThrownBy(() -> ReusedLogs.open(damaged).close())
                    .isInstanceOf(StoreCorruptException.class)
                    .hasMessageContaining(log.getFileName().toString());
        }
    }

    @Test
    void garbageOverTheLastWriteOfAStoppedStoreIsARefusal() throws IOException {
        Path log;
        long end;
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            log = ReusedLogs.lastLog(logs.live());
            end = WalScanner.through(log, 0).end();
        }
        byte[] bytes = Files.readAllBytes(log);
        int from = ReusedLogs.records(bytes, end).get(0);
        Arrays.fill(bytes, from, from + 40, (byte) 0xEE);
        Files.write(log, bytes);

        assertThatThrownBy(() -> ReusedLogs.open(logs.live()).close())
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining(log.getFileName().toString());
    }

    @Test
    void aGapBeforeAWriteThatWasNotSyncedIsAnEnd() throws IOException {
        try (RocksDbStore store = RocksDbStore.open(logs.live(), Durability.ASYNC, ReusedLogs.WRITE_BUFFER_BYTES)) {
            for (int i = 0; i < 6; i++) {
                logs.write(store);
            }
            Path image = logs.image();
            Path log = ReusedLogs.lastLog(image);
            byte[] bytes = Files.readAllBytes(log);
            List<Integer> records =
                    ReusedLogs.records(bytes, WalScanner.through(log, 0).end());
            int third = records.get(3);
            Arrays.fill(bytes, third, third + 40, (byte) 0);

            ReusedLogs.assertComplete(logs.copyWithLog(image, log, bytes), 2L * ReusedLogs.MESSAGES_IN_A_WRITE);
        }
    }

    @Test
    void aLogThatIsDoneWithMayBeMissingAmongOthers() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path early = logs.image();
            logs.writeUntilLogIsReused(store);
            logs.writeUntilLogIsReused(store);
            Path image = logs.image();
            Path first = ReusedLogs.logs(early).get(0);
            assertThat(ReusedLogs.logs(image)).isNotEmpty();
            Path copy = logs.copyWithLog(image, first, Files.readAllBytes(first));

            assertThat(WalVerifier.run(copy.resolve("db"))).as("there is a gap").isPresent();
            ReusedLogs.assertComplete(copy, logs.written());
        }
    }

    @Test
    void aLogThatIsALaterOneAlreadyButForItsNameIsNoDamage() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path early = logs.image();
            long seqs = logs.written();
            logs.writeUntilLogIsReused(store);
            logs.writeUntilLogIsReused(store);
            Path first = ReusedLogs.logs(early).get(0);
            byte[] later = Files.readAllBytes(ReusedLogs.lastLog(logs.image()));
            byte[] mixed = Arrays.copyOf(Files.readAllBytes(first), later.length);
            System.arraycopy(later, 0, mixed, 0, 40_000);

            ReusedLogs.assertComplete(logs.copyWithLog(early, first, mixed), seqs);
        }
    }

    @Test
    void aBodyThatLooksLikeALaterWriteProvesNothing() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            for (int i = 0; i < 3; i++) {
                logs.write(store);
            }
            Path log = ReusedLogs.lastLog(logs.live());
            int from = (int) WalScanner.through(log, 0).end();
            byte[] forged = ReusedLogs.forgedWrite((int) WalScanner.numberOf(log));
            StoreBatch batch = new StoreBatch();
            MessageHeader header = new MessageHeader(logs.nextSeq(), 1_000, 1_000, forged.length, false);
            Content content = new Content(1, 2, ContentType.TEXT, 0, forged);
            batch.add(ReusedLogs.Q, new QueueEvent.Enqueued(header, content, 1_000, null));
            get(commitLater(store, batch));
            Path image = logs.image();
            byte[] bytes = Files.readAllBytes(log);
            Arrays.fill(bytes, from, from + 40, (byte) 0xEE);

            ReusedLogs.assertComplete(logs.copyWithLog(image, log, bytes), logs.written());
        }
    }

    /** A last log without a write, as when the first one to it failed, while one of the families needs nothing before it. */
    @Test
    void aLastLogInWhichNothingStandsYetIsNoDamage() throws IOException {
        try (RocksDbStore store = ReusedLogs.open(logs.live())) {
            logs.writeUntilLogIsReused(store);
            Path before = logs.image();
            long seqs = logs.written();
            Path log = ReusedLogs.lastLog(logs.live());
            while (ReusedLogs.lastLog(logs.live()).equals(log)) {
                seqs = logs.written();
                logs.write(store);
            }
            Path image = logs.image();
            byte[] stale = Files.readAllBytes(ReusedLogs.logs(before).get(0));

            ReusedLogs.assertComplete(logs.copyWithLog(image, ReusedLogs.lastLog(image), stale), seqs);
        }
    }
}
