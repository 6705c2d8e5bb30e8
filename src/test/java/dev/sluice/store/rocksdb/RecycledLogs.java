package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.StoreResults.allArrivals;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.rocksdb.wal.WalBlock;
import dev.sluice.store.rocksdb.wal.WalScanner;
import dev.sluice.store.rocksdb.wal.WalSyncMark;
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

/**
 * A store with small memtables, so that its logs are soon recycled, and images of its directory as a kill would leave
 * it.
 */
final class RecycledLogs {
    static final long Q = 7;
    static final int MESSAGES_IN_A_WRITE = 20;
    static final int HEADER_BYTES = 11;
    static final long WRITE_BUFFER_BYTES = 256 * 1024;
    private static final int WRITES_MAX = 2_000;
    private static final int COPIES_MAX = 100;

    private final Path temporary;
    private final Path live;
    private long nextSeq = 1;
    private int copies;

    RecycledLogs(Path temporary) {
        this.temporary = temporary;
        this.live = temporary.resolve("live");
    }

    /** The directory of the store. */
    Path live() {
        return live;
    }

    long nextSeq() {
        return nextSeq;
    }

    /** The number of written messages. */
    long written() {
        return nextSeq - 1;
    }

    static RocksDbStore open(Path directory) {
        return RocksDbStore.open(directory, Durability.FSYNC, WRITE_BUFFER_BYTES);
    }

    void write(RocksDbStore store) {
        StoreBatch batch = Samples.batch();
        for (int i = 0; i < MESSAGES_IN_A_WRITE; i++) {
            batch.add(Q, enqueued(arrival(nextSeq++)));
        }
        batch.head(Q, head(nextSeq));
        get(commitAsync(store, batch));
    }

    /** Writes until there is a log that ends in the middle of a block, with older records after its end. */
    void writeUntilLogIsRecycled(RocksDbStore store) throws IOException {
        Path first = lastLog(live);
        for (int writes = 0; writes < WRITES_MAX; writes++) {
            write(store);
            Path log = lastLog(live);
            long end = WalScanner.scan(log, 0).end();
            if (!log.equals(first) && end > 20_000 && end + 20_000 < Files.size(log)) {
                return;
            }
        }
        throw new AssertionError("no log was recycled");
    }

    /** Returns a copy of the directory as a kill would leave it current. Copies until two copies are equal. */
    Path image() throws IOException {
        Map<String, Integer> before = Map.of();
        for (int tries = 0; tries < COPIES_MAX; tries++) {
            Path image = temporary.resolve("image" + copies++);
            try {
                DiskImage.copy(live, image);
            } catch (IOException | UncheckedIOException changed) {
                continue;
            }
            Map<String, Integer> current = contents(image);
            if (current.equals(before)) {
                return image;
            }
            before = current;
        }
        throw new AssertionError("the directory keeps changing");
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

    Path copyWithLog(Path image, Path log, byte[] bytes) throws IOException {
        Path copy = temporary.resolve("copy" + copies++);
        DiskImage.copy(image, copy);
        Files.write(copy.resolve("db").resolve(log.getFileName()), bytes);
        return copy;
    }

    /** Returns 1 if the store is refused, 0 if it is complete. */
    int assertRefusedOrComplete(Path directory) throws IOException {
        try {
            assertComplete(directory, nextSeq - 1);
            return 0;
        } catch (StoreCorruptException refusal) {
            assertThat(refusal).hasMessageContaining(".log");
            return 1;
        }
    }

    static void assertComplete(Path directory, long messages) throws IOException {
        try (RocksDbStore store = open(directory)) {
            assertThat(allArrivals(store, Q)).hasSize((int) messages);
            assertThat(get(store.load(Q)).head().nextSeq()).isEqualTo(messages + 1);
        }
        DiskImage.delete(directory);
    }

    static Path lastLog(Path directory) throws IOException {
        List<Path> logs = logs(directory);
        return logs.get(logs.size() - 1);
    }

    static List<Path> logs(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted(Comparator.comparingLong(WalScanner::numberOf))
                    .toList();
        }
    }

    /** Returns the offsets of the records before that end, last one first. */
    static List<Integer> records(byte[] log, long end) {
        List<Integer> records = new ArrayList<>();
        for (int offset = 0; offset < end; ) {
            if (WalBlock.BYTES - offset % WalBlock.BYTES < HEADER_BYTES) {
                offset += WalBlock.BYTES - offset % WalBlock.BYTES;
            } else {
                records.add(0, offset);
                offset += HEADER_BYTES + ((log[offset + 4] & 0xFF) | (log[offset + 5] & 0xFF) << 8);
            }
        }
        return records;
    }

    /** A complete record whose write has a mark that says that everything was synced, with a key of another store. */
    static byte[] forgedWrite(int logNumber) {
        byte[] data = new byte[WalSyncMark.WRITE_BYTES_MIN];
        new WalSyncMark(0x1234, 1L << 40).writeTo(data);
        ByteBuffer forged = ByteBuffer.allocate(HEADER_BYTES + data.length).order(ByteOrder.LITTLE_ENDIAN);
        forged.putInt(0).putShort((short) data.length).put((byte) 5).putInt(logNumber);
        forged.put(data).putLong(HEADER_BYTES, 1L << 40);
        CRC32C crc = new CRC32C();
        crc.update(forged.array(), 6, forged.capacity() - 6);
        forged.putInt(0, Integer.rotateRight((int) crc.getValue(), 15) + 0xA282EAD8);
        return forged.array();
    }
}
