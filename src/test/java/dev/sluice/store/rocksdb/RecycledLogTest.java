package dev.sluice.store.rocksdb;

import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
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

/** Tests stores with recycled logs: such a log ends in the middle of older records. */
class RecycledLogTest {
    @TempDir
    Path temporary;

    private RecycledLogs logs;

    @BeforeEach
    void createLogs() {
        logs = new RecycledLogs(temporary);
    }

    @Test
    void aKilledStoreWithRecycledLogsIsComplete() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path image = logs.image();

            assertThat(RecycledLogs.logs(image)).as("logs").hasSizeGreaterThan(1);
            RecycledLogs.assertComplete(image, logs.written());
        }
    }

    @Test
    void aTornWriteOverAnEarlierLogLosesThatWriteOnly() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path log = RecycledLogs.lastLog(logs.live());
            byte[] before = Files.readAllBytes(log);
            int from = (int) WalScanner.scan(log, 0).end();
            logs.write(store);
            assertThat(RecycledLogs.lastLog(logs.live())).isEqualTo(log);
            byte[] after = Files.readAllBytes(log);
            int to = (int) WalScanner.scan(log, 0).end();
            Path image = logs.image();

            for (int cut = from; cut < to; cut += 97) {
                byte[] torn = before.clone();
                System.arraycopy(after, from, torn, from, cut - from);
                RecycledLogs.assertComplete(
                        logs.copyWithLog(image, log, torn), logs.written() - RecycledLogs.MESSAGES_IN_A_WRITE);
            }
            RecycledLogs.assertComplete(logs.copyWithLog(image, log, after), logs.written());
        }
    }

    @Test
    void aBitFlipInALogIsRefusedOrHasNoEffect() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path image = logs.image();
            int refusals = 0;
            for (Path log : RecycledLogs.logs(image)) {
                byte[] bytes = Files.readAllBytes(log);
                int end = (int) WalScanner.scan(log, 0).end();
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
    void aBitFlipInTheHeaderOfTheLastWriteIsRefused() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path image = logs.image();
            Path log = RecycledLogs.lastLog(image);
            byte[] bytes = Files.readAllBytes(log);
            int last =
                    RecycledLogs.records(bytes, WalScanner.scan(log, 0).end()).get(0);
            for (int position = last; position < last + RecycledLogs.HEADER_BYTES; position++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] damaged = bytes.clone();
                    damaged[position] ^= (byte) (1 << bit);
                    Path copy = logs.copyWithLog(image, log, damaged);
                    assertThatThrownBy(() -> RecycledLogs.open(copy).close())
                            .as("bit %d of byte %d", bit, position - last)
                            .isInstanceOf(StoreCorruptException.class)
                            .hasMessageContaining(log.getFileName().toString());
                }
            }
        }
    }

    /** The damage has no effect once both column families are flushed, which happens together. */
    @Test
    void anOverwrittenEndOfAnEarlierLogIsRefusedOrHasNoEffect() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path image = logs.image();
            List<Path> all = RecycledLogs.logs(image);
            assertThat(all).hasSizeGreaterThan(1);
            for (Path log : all.subList(0, all.size() - 1)) {
                byte[] bytes = Files.readAllBytes(log);
                int from = RecycledLogs.records(bytes, WalScanner.scan(log, 0).end())
                        .get(0);
                Arrays.fill(bytes, from, from + 40, (byte) 0xEE);
                logs.assertRefusedOrComplete(logs.copyWithLog(image, log, bytes));
            }
        }
    }

    /** No table shows the loss then: RocksDB opens such a store without the later log. */
    @Test
    void anOverwrittenEndOfAnUnflushedLogIsRefused() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path image = logs.image();
            Path log = RecycledLogs.lastLog(logs.live());
            while (RecycledLogs.lastLog(logs.live()).equals(log)) {
                logs.write(store);
            }
            byte[] whole = Files.readAllBytes(log);
            Path laterLog = RecycledLogs.lastLog(logs.live());
            Path unflushed = logs.copyWithLog(image, laterLog, Files.readAllBytes(laterLog));
            byte[] broken = whole.clone();
            int from =
                    RecycledLogs.records(whole, WalScanner.scan(log, 0).end()).get(0);
            Arrays.fill(broken, from, from + 40, (byte) 0xEE);

            RecycledLogs.assertComplete(logs.copyWithLog(unflushed, log, whole), logs.written());
            Path damaged = logs.copyWithLog(unflushed, log, broken);
            assertThatThrownBy(() -> RecycledLogs.open(damaged).close())
                    .isInstanceOf(StoreCorruptException.class)
                    .hasMessageContaining(log.getFileName().toString());
        }
    }

    @Test
    void anOverwrittenLastWriteOfAClosedStoreIsRefused() throws IOException {
        Path log;
        long end;
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            log = RecycledLogs.lastLog(logs.live());
            end = WalScanner.scan(log, 0).end();
        }
        byte[] bytes = Files.readAllBytes(log);
        int from = RecycledLogs.records(bytes, end).get(0);
        Arrays.fill(bytes, from, from + 40, (byte) 0xEE);
        Files.write(log, bytes);

        assertThatThrownBy(() -> RecycledLogs.open(logs.live()).close())
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining(log.getFileName().toString());
    }

    @Test
    void aGapBeforeAnUnsyncedWriteIsTheEndOfTheLog() throws IOException {
        try (RocksDbStore store = RocksDbStore.open(logs.live(), Durability.ASYNC, RecycledLogs.WRITE_BUFFER_BYTES)) {
            for (int i = 0; i < 6; i++) {
                logs.write(store);
            }
            Path image = logs.image();
            Path log = RecycledLogs.lastLog(image);
            byte[] bytes = Files.readAllBytes(log);
            List<Integer> records =
                    RecycledLogs.records(bytes, WalScanner.scan(log, 0).end());
            int third = records.get(3);
            Arrays.fill(bytes, third, third + 40, (byte) 0);

            RecycledLogs.assertComplete(logs.copyWithLog(image, log, bytes), 2L * RecycledLogs.MESSAGES_IN_A_WRITE);
        }
    }

    @Test
    void anObsoleteLogMayBeMissingBetweenOthers() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path early = logs.image();
            logs.writeUntilLogIsRecycled(store);
            logs.writeUntilLogIsRecycled(store);
            Path image = logs.image();
            Path first = RecycledLogs.logs(early).get(0);
            assertThat(RecycledLogs.logs(image)).isNotEmpty();
            Path copy = logs.copyWithLog(image, first, Files.readAllBytes(first));

            assertThat(WalVerifier.run(copy.resolve("db"))).as("there is a gap").isPresent();
            RecycledLogs.assertComplete(copy, logs.written());
        }
    }

    @Test
    void aLogFileThatContainsALaterLogIsNoDamage() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path early = logs.image();
            long seqs = logs.written();
            logs.writeUntilLogIsRecycled(store);
            logs.writeUntilLogIsRecycled(store);
            Path first = RecycledLogs.logs(early).get(0);
            byte[] later = Files.readAllBytes(RecycledLogs.lastLog(logs.image()));
            byte[] mixed = Arrays.copyOf(Files.readAllBytes(first), later.length);
            System.arraycopy(later, 0, mixed, 0, 40_000);

            RecycledLogs.assertComplete(logs.copyWithLog(early, first, mixed), seqs);
        }
    }

    @Test
    void aBodyThatImitatesALaterWriteIsIgnored() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            for (int i = 0; i < 3; i++) {
                logs.write(store);
            }
            Path log = RecycledLogs.lastLog(logs.live());
            int from = (int) WalScanner.scan(log, 0).end();
            byte[] forged = RecycledLogs.forgedWrite((int) WalScanner.numberOf(log));
            StoreBatch batch = Samples.batch();
            MessageHeader header = new MessageHeader(logs.nextSeq(), 1_000, 1_000, forged.length, false);
            Content content = new Content(1, 2, ContentType.TEXT, 0, forged);
            batch.add(RecycledLogs.Q, new QueueEvent.Enqueued(header, content, 1_000, null));
            get(commitAsync(store, batch));
            Path image = logs.image();
            byte[] bytes = Files.readAllBytes(log);
            Arrays.fill(bytes, from, from + 40, (byte) 0xEE);

            RecycledLogs.assertComplete(logs.copyWithLog(image, log, bytes), logs.written());
        }
    }

    /**
     * A last log without a write, as after a failed first write, while one of the column families needs no earlier log.
     */
    @Test
    void aLastLogWithoutAWriteIsNoDamage() throws IOException {
        try (RocksDbStore store = RecycledLogs.open(logs.live())) {
            logs.writeUntilLogIsRecycled(store);
            Path before = logs.image();
            long seqs = logs.written();
            Path log = RecycledLogs.lastLog(logs.live());
            while (RecycledLogs.lastLog(logs.live()).equals(log)) {
                seqs = logs.written();
                logs.write(store);
            }
            Path image = logs.image();
            byte[] stale = Files.readAllBytes(RecycledLogs.logs(before).get(0));

            RecycledLogs.assertComplete(logs.copyWithLog(image, RecycledLogs.lastLog(image), stale), seqs);
        }
    }
}
