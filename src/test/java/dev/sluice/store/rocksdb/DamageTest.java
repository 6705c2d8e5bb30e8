package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the opening of stores with damaged files. */
class DamageTest {
    private static final long Q = 7;
    private static final int MESSAGES = 40;

    @TempDir
    Path temporary;

    /** The files of a store with {@link #MESSAGES} messages, each in its own write, all still in the log. */
    private Path image;

    private String logName;
    /** Offset of the last write in the log. */
    private int lastWrite;

    private int copies;

    @BeforeEach
    void createImage() throws IOException {
        Path live = temporary.resolve("live");
        image = temporary.resolve("image");
        try (RocksDbStore store = RocksDbStore.open(live, Durability.FSYNC)) {
            for (int seq = 1; seq <= MESSAGES; seq++) {
                if (seq == MESSAGES) {
                    lastWrite = (int) Files.size(DiskImage.only(live, ".log"));
                }
                StoreBatch batch = Samples.batch();
                batch.add(Q, enqueued(arrival(seq)));
                batch.head(Q, head(seq + 1));
                get(commitAsync(store, batch));
            }
            DiskImage.copy(live, image);
        }
        logName = DiskImage.only(image, ".log").getFileName().toString();
    }

    @Test
    void aLogTruncatedAnywhereInItsLastWriteLosesThatWriteOnly() throws IOException {
        byte[] log = Files.readAllBytes(log(image));
        for (int size = lastWrite; size < log.length; size++) {
            Path copy = copyWithLog(Arrays.copyOf(log, size));
            assertThat(messagesIn(copy)).as("cut at byte %d", size).isEqualTo(MESSAGES - 1);
        }
        assertThat(messagesIn(copyWithLog(log))).isEqualTo(MESSAGES);
    }

    @Test
    void aBitFlipBeforeTheLastWriteIsRefusedAndTheLogIsNamed() throws IOException {
        byte[] log = Files.readAllBytes(log(image));
        for (int position = 0; position < lastWrite; position += 13) {
            assertRefusedWithBitFlipped(log, position);
        }
    }

    @Test
    void aBitFlipInAnyByteOfARecordHeaderIsRefused() throws IOException {
        byte[] log = Files.readAllBytes(log(image));
        int secondLast = recordBefore(log, lastWrite);
        for (int position = secondLast; position < secondLast + RecycledLogs.HEADER_BYTES; position++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = log.clone();
                damaged[position] ^= (byte) (1 << bit);
                assertRefused(copyWithLog(damaged), logName);
            }
        }
    }

    @Test
    void aBitFlipInTheLastCompleteWriteIsRefused() throws IOException {
        byte[] log = Files.readAllBytes(log(image));
        for (int position = lastWrite; position < log.length; position += 5) {
            assertRefusedWithBitFlipped(log, position);
        }
    }

    @Test
    void anOverwrittenRecordHeaderIsRefusedIfAWriteFollows() throws IOException {
        byte[] log = Files.readAllBytes(log(image));
        int from = recordBefore(log, lastWrite);
        Arrays.fill(log, from, from + 20, (byte) 0xEE);

        assertRefused(copyWithLog(log), logName);
    }

    @Test
    void aLogWithoutTheFormatRecordIsRefused() throws IOException {
        assertRefused(copyWithLog(new byte[0]), "format record is missing");
    }

    @Test
    void aBitFlipInATableFailsTheReadAndTheFileIsNamed() throws IOException {
        Path copy = copyWithLog(Files.readAllBytes(log(image)));
        assertThat(messagesIn(copy)).as("opening moves the log into tables").isEqualTo(MESSAGES);
        try (var files = Files.list(copy.resolve("db"))) {
            for (Path table :
                    files.filter(file -> file.toString().endsWith(".sst")).toList()) {
                flip(table, 30);
            }
        }

        assertThatThrownBy(() -> messagesIn(copy))
                .satisfiesAnyOf(
                        failure -> assertThat(failure).isInstanceOf(StoreCorruptException.class),
                        failure -> assertThat(failure).hasCauseInstanceOf(StoreCorruptException.class))
                .hasMessageContaining(".sst");
    }

    @Test
    void aDamagedManifestIsRefusedAndNamed() throws IOException {
        Path copy = copyWithLog(Files.readAllBytes(log(image)));
        Path manifest;
        try (var files = Files.list(copy.resolve("db"))) {
            manifest = files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow();
        }
        flip(manifest, 20);

        assertRefused(copy, "MANIFEST");
    }

    @Test
    void aDamagedCurrentFileIsRefusedAndNamed() throws IOException {
        Path copy = copyWithLog(Files.readAllBytes(log(image)));
        Files.writeString(copy.resolve("db/CURRENT"), "MANIFEST-0000");

        assertRefused(copy, "CURRENT");
    }

    private void assertRefusedWithBitFlipped(byte[] log, int position) throws IOException {
        byte[] damaged = log.clone();
        damaged[position] ^= (byte) (1 << position % 8);
        assertRefused(copyWithLog(damaged), logName);
    }

    private static void assertRefused(Path directory, String fileName) {
        assertThatThrownBy(() -> RocksDbStore.open(directory, Durability.FSYNC).close())
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining(fileName)
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("\n"));
    }

    private Path copyWithLog(byte[] log) throws IOException {
        Path copy = temporary.resolve("copy" + copies++);
        DiskImage.copy(image, copy);
        Files.write(log(copy), log);
        return copy;
    }

    private Path log(Path directory) {
        return directory.resolve("db").resolve(logName);
    }

    private static int messagesIn(Path directory) {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.FSYNC)) {
            return get(store.readArrivals(Q, 0, 1_000)).rows().size();
        }
    }

    /** Returns the start of the record that ends at that offset or contains it. */
    private static int recordBefore(byte[] log, int end) {
        int offset = 0;
        while (true) {
            int length = (log[offset + 4] & 0xFF) | (log[offset + 5] & 0xFF) << 8;
            if (offset + RecycledLogs.HEADER_BYTES + length >= end) {
                return offset;
            }
            offset += RecycledLogs.HEADER_BYTES + length;
        }
    }

    private static void flip(Path file, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 1;
        Files.write(file, bytes);
    }
}
