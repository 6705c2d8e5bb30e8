package dev.sluice.store.rocksdb;

import static dev.sluice.store.Outcomes.commitLater;
import static dev.sluice.store.Outcomes.get;
import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.store.Durability;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store does with logs whose files were logs before: their ends are in the middle of old records. */
@Timeout(120)
class ReusedLogTest {
    private static final long Q = 7;
    private static final long WRITE_BUFFER_BYTES = 256 * 1024;
    private static final int MESSAGES_IN_A_WRITE = 20;
    private static final int WRITES_MAX = 2_000;
    private static final int HEADER_BYTES = 11;

    @TempDir
    Path temporary;

    private Path live;
    private long nextSeq = 1;
    private int copies;

    @BeforeEach
    void begin() {
        live = temporary.resolve("live");
    }

    @Test
    void aKilledStoreWithReusedLogsHasEverything() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path image = image();

            assertThat(logs(image)).as("logs").hasSizeGreaterThan(1);
            assertComplete(image, nextSeq - 1);
        }
    }

    @Test
    void aWriteThatIsCutAnywhereOverAnOldLogIsLostAlone() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path log = lastLog(live);
            byte[] before = Files.readAllBytes(log);
            int from = (int) LogWalk.through(log, 0).end();
            write(store);
            assertThat(lastLog(live)).isEqualTo(log);
            byte[] after = Files.readAllBytes(log);
            int to = (int) LogWalk.through(log, 0).end();
            Path image = image();

            for (int cut = from; cut < to; cut += 97) {
                byte[] torn = before.clone();
                System.arraycopy(after, from, torn, from, cut - from);
                assertComplete(copyWithLog(image, log, torn), nextSeq - 1 - MESSAGES_IN_A_WRITE);
            }
            assertComplete(copyWithLog(image, log, after), nextSeq - 1);
        }
    }

    @Test
    void aFlippedBitInALogIsARefusalOrConcernsNothing() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path image = image();
            int refusals = 0;
            for (Path log : logs(image)) {
                byte[] bytes = Files.readAllBytes(log);
                int end = (int) LogWalk.through(log, 0).end();
                for (int position = 0; position < end; position += end / 40 + 1) {
                    byte[] damaged = bytes.clone();
                    damaged[position] ^= (byte) (1 << position % 8);
                    refusals += assertRefusedOrComplete(copyWithLog(image, log, damaged));
                }
            }
            assertThat(refusals).isGreaterThan(40);
        }
    }

    @Test
    void aFlippedBitInTheHeaderOfTheLastWriteIsARefusal() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path image = image();
            Path log = lastLog(image);
            byte[] bytes = Files.readAllBytes(log);
            int last = records(bytes, LogWalk.through(log, 0).end()).get(0);
            for (int position = last; position < last + HEADER_BYTES; position++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] damaged = bytes.clone();
                    damaged[position] ^= (byte) (1 << bit);
                    Path copy = copyWithLog(image, log, damaged);
                    assertThatThrownBy(() -> open(copy).close())
                            .as("bit %d of byte %d", bit, position - last)
                            .isInstanceOf(StoreCorruptException.class)
                            .hasMessageContaining(log.getFileName().toString());
                }
            }
        }
    }

    @Test
    void garbageAtTheEndOfALogThatIsNotTheLastIsARefusalOrConcernsNothing() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path image = image();
            Path last = lastLog(image);
            int refusals = 0;
            for (Path log : logs(image)) {
                if (!log.equals(last)) {
                    byte[] bytes = Files.readAllBytes(log);
                    int from = records(bytes, LogWalk.through(log, 0).end()).get(0);
                    Arrays.fill(bytes, from, from + 40, (byte) 0xEE);
                    refusals += assertRefusedOrComplete(copyWithLog(image, log, bytes));
                }
            }
            assertThat(refusals).isGreaterThan(0);
        }
    }

    @Test
    void garbageOverTheLastWriteOfAStoppedStoreIsARefusal() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
        }
        Path log = lastLog(live);
        byte[] bytes = Files.readAllBytes(log);
        int from = records(bytes, LogWalk.through(log, 0).end()).get(1);
        Arrays.fill(bytes, from, from + 40, (byte) 0xEE);
        Files.write(log, bytes);

        assertThatThrownBy(() -> open(live).close())
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining(log.getFileName().toString());
    }

    @Test
    void aGapBeforeAWriteThatWasNotSyncedIsAnEnd() throws IOException {
        try (RocksDbStore store = RocksDbStore.open(live, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            for (int i = 0; i < 6; i++) {
                write(store);
            }
            Path image = image();
            Path log = lastLog(image);
            byte[] bytes = Files.readAllBytes(log);
            List<Integer> records = records(bytes, LogWalk.through(log, 0).end());
            int third = records.get(3);
            Arrays.fill(bytes, third, third + 40, (byte) 0);

            assertComplete(copyWithLog(image, log, bytes), 2L * MESSAGES_IN_A_WRITE);
        }
    }

    @Test
    void aLogThatIsDoneWithMayBeMissingAmongOthers() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path early = image();
            writeUntilLogIsReused(store);
            writeUntilLogIsReused(store);
            Path image = image();
            Path first = logs(early).get(0);
            assertThat(logs(image)).isNotEmpty();
            Path copy = copyWithLog(image, first, Files.readAllBytes(first));

            assertThat(LogCheck.run(copy.resolve("db"))).as("there is a gap").isPresent();
            assertComplete(copy, nextSeq - 1);
        }
    }

    @Test
    void aLogThatIsALaterOneAlreadyButForItsNameIsNoDamage() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path early = image();
            long seqs = nextSeq - 1;
            writeUntilLogIsReused(store);
            writeUntilLogIsReused(store);
            Path first = logs(early).get(0);
            byte[] later = Files.readAllBytes(lastLog(image()));
            byte[] mixed = Arrays.copyOf(Files.readAllBytes(first), later.length);
            System.arraycopy(later, 0, mixed, 0, 40_000);

            assertComplete(copyWithLog(early, first, mixed), seqs);
        }
    }

    @Test
    void aBodyThatLooksLikeALaterWriteProvesNothing() throws IOException {
        try (RocksDbStore store = open(live)) {
            for (int i = 0; i < 3; i++) {
                write(store);
            }
            Path log = lastLog(live);
            int from = (int) LogWalk.through(log, 0).end();
            byte[] forged = forgedWrite((int) LogWalk.numberOf(log));
            StoreBatch batch = new StoreBatch();
            MessageHeader header = new MessageHeader(nextSeq, 1_000, 1_000, forged.length, false);
            Content content = new Content(1, 2, ContentType.TEXT, 0, forged);
            batch.add(Q, new QueueEvent.Enqueued(header, content, 1_000, null));
            get(commitLater(store, batch));
            Path image = image();
            byte[] bytes = Files.readAllBytes(log);
            Arrays.fill(bytes, from, from + 40, (byte) 0xEE);

            assertComplete(copyWithLog(image, log, bytes), nextSeq - 1);
        }
    }

    /** A last log without a write, as when the first one to it failed, while one of the families needs nothing before it. */
    @Test
    void aLastLogInWhichNothingStandsYetIsNoDamage() throws IOException {
        try (RocksDbStore store = open(live)) {
            writeUntilLogIsReused(store);
            Path before = image();
            long seqs = nextSeq - 1;
            Path log = lastLog(live);
            while (lastLog(live).equals(log)) {
                seqs = nextSeq - 1;
                write(store);
            }
            Path image = image();
            byte[] stale = Files.readAllBytes(logs(before).get(0));

            assertComplete(copyWithLog(image, lastLog(image), stale), seqs);
        }
    }

    private static RocksDbStore open(Path directory) {
        return RocksDbStore.open(directory, Durability.FSYNC, WRITE_BUFFER_BYTES);
    }

    private void write(RocksDbStore store) {
        StoreBatch batch = new StoreBatch();
        for (int i = 0; i < MESSAGES_IN_A_WRITE; i++) {
            batch.add(Q, enqueued(arrival(nextSeq++)));
        }
        batch.head(Q, head(nextSeq));
        get(commitLater(store, batch));
    }

    /** At least until there is a log with old records behind its end, in the middle of a block. */
    private void writeUntilLogIsReused(RocksDbStore store) throws IOException {
        Path first = lastLog(live);
        for (int writes = 0; writes < WRITES_MAX; writes++) {
            write(store);
            Path log = lastLog(live);
            long end = LogWalk.through(log, 0).end();
            if (!log.equals(first) && end > 20_000 && end + 20_000 < Files.size(log)) {
                return;
            }
        }
        throw new AssertionError("no log was used again");
    }

    /** The directory as a kill would leave it now: copied until nothing changes meanwhile. */
    private Path image() throws IOException {
        Map<String, Integer> before = Map.of();
        for (int tries = 0; tries < 100; tries++) {
            Path image = temporary.resolve("image" + copies++);
            try {
                DiskImage.copy(live, image);
            } catch (IOException | UncheckedIOException changed) {
                continue;
            }
            Map<String, Integer> now = contents(image);
            if (now.equals(before)) {
                return image;
            }
            before = now;
        }
        throw new AssertionError("the directory never rests");
    }

    private static Map<String, Integer> contents(Path directory) throws IOException {
        Map<String, Integer> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory.resolve("db"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private Path copyWithLog(Path image, Path log, byte[] bytes) throws IOException {
        Path copy = temporary.resolve("copy" + copies++);
        DiskImage.copy(image, copy);
        Files.write(copy.resolve("db").resolve(log.getFileName()), bytes);
        return copy;
    }

    /** Answers 1 for a refusal, 0 if everything is there. */
    private int assertRefusedOrComplete(Path directory) throws IOException {
        try {
            assertComplete(directory, nextSeq - 1);
            return 0;
        } catch (StoreCorruptException refusal) {
            assertThat(refusal).hasMessageContaining(".log");
            return 1;
        }
    }

    private static void assertComplete(Path directory, long messages) throws IOException {
        try (RocksDbStore store = open(directory)) {
            assertThat(get(store.readArrivals(Q, 0, Integer.MAX_VALUE)).size()).isEqualTo((int) messages);
            assertThat(get(store.load(Q)).head().nextSeq()).isEqualTo(messages + 1);
        }
        DiskImage.delete(directory);
    }

    private static Path lastLog(Path directory) throws IOException {
        List<Path> logs = logs(directory);
        return logs.get(logs.size() - 1);
    }

    private static List<Path> logs(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted(Comparator.comparingLong(LogWalk::numberOf))
                    .toList();
        }
    }

    /** Where records begin that end before that, the last one first. */
    private static List<Integer> records(byte[] log, long end) {
        List<Integer> records = new ArrayList<>();
        for (int offset = 0; offset < end; ) {
            if (LogBlock.BYTES - offset % LogBlock.BYTES < HEADER_BYTES) {
                offset += LogBlock.BYTES - offset % LogBlock.BYTES;
            } else {
                records.add(0, offset);
                offset += HEADER_BYTES + ((log[offset + 4] & 0xFF) | (log[offset + 5] & 0xFF) << 8);
            }
        }
        return records;
    }

    /** A whole record with a write in it that says that everything was synced, with a key that is not the store's. */
    private static byte[] forgedWrite(int logNumber) {
        byte[] data = new byte[LogMark.WRITE_BYTES_MIN];
        new LogMark(0x1234, 1L << 40).writeTo(data);
        ByteBuffer forged = ByteBuffer.allocate(HEADER_BYTES + data.length).order(ByteOrder.LITTLE_ENDIAN);
        forged.putInt(0).putShort((short) data.length).put((byte) 5).putInt(logNumber);
        forged.put(data).putLong(HEADER_BYTES, 1L << 40);
        CRC32C crc = new CRC32C();
        crc.update(forged.array(), 6, forged.capacity() - 6);
        forged.putInt(0, Integer.rotateRight((int) crc.getValue(), 15) + 0xA282EAD8);
        return forged.array();
    }
}
