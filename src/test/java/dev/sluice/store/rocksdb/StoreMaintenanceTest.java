package dev.sluice.store.rocksdb;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestTimeout;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.QueueEvent;
import dev.sluice.store.Durability;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.rocksdb.wal.WalScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RateLimiter;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileMetaData;

/**
 * Tests the background work of the store, without which a start or a read would get slower with the amount of data ever
 * written.
 */
class StoreMaintenanceTest {
    private static final int WRITE_BUFFER_BYTES = 1024 * 1024;
    private static final int BODY_BYTES = 16 * 1024;

    @TempDir
    Path directory;

    private final Random random = new Random(1);

    @Test
    void theLogThatTheNextStartReplaysRemainsShort() {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 6 * WRITE_BUFFER_BYTES);

            await().ignoreExceptions().until(() -> neededLogBytes() <= 3 * WRITE_BUFFER_BYTES);
        }
    }

    @Test
    void tablesAreCompactedAfterTheFirstWriteOfAProcess() {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 40 * WRITE_BUFFER_BYTES);

            await().ignoreExceptions().until(() -> levelZeroTables() < 8);
        }
    }

    /**
     * A log that is closed early has a truncated file. A later log in that file grows again, and a sync of a growing
     * log waits for the disk one more time.
     */
    @Test
    void logsAreClosedWhenTheyAreFullAlthoughOneColumnFamilyIsSmall() {
        Map<Long, Long> closedLogBytes = new TreeMap<>();
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 20 * WRITE_BUFFER_BYTES, () -> closedLogBytes.putAll(sizesOfClosedLogs()));
        }
        assertThat(closedLogBytes.values()).hasSizeGreaterThan(10).allSatisfy(bytes -> assertThat(bytes)
                .isGreaterThan(WRITE_BUFFER_BYTES / 3));
    }

    /** Otherwise the first read after many writes would start a useless rewrite of the whole backlog. */
    @Test
    void aReadDoesNotCauseARewriteOfTablesWithoutDeletions() throws Exception {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 8 * WRITE_BUFFER_BYTES);
        }
        // Without the table that this start creates from the log, whose age is unknown.
        List<String> tables = access(RocksDB::openReadOnly, (database, families) -> tablesOfMessages(database));
        access(RocksDB::open, (database, families) -> {
            moveToLastLevel(database, families);
            database.enableAutoCompaction(families);

            database.releaseSnapshot(database.getSnapshot());

            await().until(() -> compactions(database) == 0);
            assertThat(tablesOfMessages(database)).hasSizeGreaterThan(4).containsAll(tables);
            return null;
        });
    }

    /** Otherwise a shutdown, or the recovery from a full disk, would wait until all of a large store is rewritten. */
    @Test
    void aRunningCompactionDoesNotDelayReopening() throws Exception {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 32 * WRITE_BUFFER_BYTES);
        }
        try (DataDirectory opened = DataDirectory.open(directory, RocksDatabase.FORMAT);
                ReopenableDatabase database = new ReopenableDatabase(opened, WRITE_BUFFER_BYTES)) {
            CountDownLatch started = new CountDownLatch(1);
            CompletableFuture<Void> compaction = CompletableFuture.runAsync(() -> database.with(open -> {
                started.countDown();
                // In a loop, so that a compaction is running whenever the other thread reopens the database.
                for (long end = System.nanoTime() + TestTimeout.LIMIT.toNanos(); System.nanoTime() < end; ) {
                    open.compact();
                }
                return null;
            }));
            started.await();

            database.reopen();

            assertThatThrownBy(compaction::join).hasCauseInstanceOf(StoreException.class);
        }
    }

    /** An unthrottled compaction occupies a core for several milliseconds at a time, which delays requests. */
    @Test
    void theCompactionRateFollowsTheWrites() {
        try (DataDirectory opened = DataDirectory.open(directory, RocksDatabase.FORMAT);
                ReopenableDatabase database = new ReopenableDatabase(opened, WRITE_BUFFER_BYTES)) {
            RateLimiter limiter = database.with(open -> open.compactionRate().limiter());
            assertThat(limiter.getBytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);

            byte[] emptyGroup = new BatchGroup().serialize();
            await().until(() -> database.with(open -> {
                open.write(emptyGroup.clone(), false);
                return limiter.getBytesPerSecond() == CompactionRateController.BYTES_PER_SECOND_MIN;
            }));
            long before = limiter.getTotalBytesThrough();
            database.with(open -> {
                open.compact();
                return null;
            });
            assertThat(limiter.getTotalBytesThrough()).isGreaterThan(before);
            assertThat(limiter.getBytesPerSecond())
                    .as("a requested compaction has no limit")
                    .isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
        }
    }

    private void write(RocksDbStore store, int bytes) {
        write(store, bytes, () -> {});
    }

    private void write(RocksDbStore store, int bytes, Runnable afterEach) {
        for (int seq = 1; seq <= bytes / BODY_BYTES; seq++) {
            byte[] body = new byte[BODY_BYTES];
            random.nextBytes(body);
            Content content = new Content(seq, seq, ContentType.TEXT, 0, body);
            StoreBatch batch = Samples.batch();
            batch.add(1, new QueueEvent.Enqueued(arrival(seq), content, 0, null));
            batch.head(1, head(seq + 1));
            get(commitAsync(store, batch));
            afterEach.run();
        }
    }

    /** Without the obsolete logs that are kept for recycling. */
    private long neededLogBytes() throws IOException, RocksDBException {
        long first = inspect(database -> database.getLongProperty("rocksdb.min-log-number-to-keep"));
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .filter(log -> WalScanner.numberOf(log) >= first)
                    .mapToLong(StoreMaintenanceTest::bytes)
                    .sum();
        }
    }

    /** By log number. There may be just one, which is recycled as soon as the current one is full. */
    private Map<Long, Long> sizesOfClosedLogs() {
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            TreeMap<Long, Long> sizes = new TreeMap<>();
            files.filter(file -> file.toString().endsWith(".log"))
                    .forEach(log -> sizes.put(WalScanner.numberOf(log), bytes(log)));
            sizes.pollLastEntry();
            sizes.values().removeIf(bytes -> bytes == 0);
            return sizes;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A log that is deleted in the meantime counts as empty. */
    private static long bytes(Path log) {
        try {
            return Files.size(log);
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private long levelZeroTables() throws RocksDBException {
        return inspect(database -> database.getLiveFilesMetaData().stream()
                .filter(table -> table.level() == 0)
                .count());
    }

    /** Leaves emptyGroup to compact. */
    private static void moveToLastLevel(RocksDB database, List<ColumnFamilyHandle> families) throws RocksDBException {
        try (CompactRangeOptions options =
                new CompactRangeOptions().setChangeLevel(true).setTargetLevel(6)) {
            for (ColumnFamilyHandle family : families) {
                database.compactRange(family, null, null, options);
            }
        }
    }

    /** The compactions that are running or pending. */
    private static long compactions(RocksDB database) throws RocksDBException {
        return database.getAggregatedLongProperty("rocksdb.compaction-pending")
                + database.getAggregatedLongProperty("rocksdb.num-running-compactions");
    }

    private static List<String> tablesOfMessages(RocksDB database) {
        return database.getLiveFilesMetaData().stream()
                .filter(table -> new String(table.columnFamilyName(), StandardCharsets.US_ASCII).equals("messages"))
                .map(SstFileMetaData::fileName)
                .sorted()
                .toList();
    }

    private interface Inspection {
        long at(RocksDB database) throws RocksDBException;
    }

    private interface Access<T> {
        T to(RocksDB database, List<ColumnFamilyHandle> families) throws RocksDBException;
    }

    /** Reads the database from outside the store. Fails if a log is deleted at the same time. */
    private long inspect(Inspection inspection) throws RocksDBException {
        return access(RocksDB::openReadOnly, (database, families) -> inspection.at(database));
    }

    private interface Opener {
        RocksDB open(
                DBOptions options,
                String path,
                List<ColumnFamilyDescriptor> descriptors,
                List<ColumnFamilyHandle> families)
                throws RocksDBException;
    }

    private <T> T access(Opener opener, Access<T> access) throws RocksDBException {
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try (RocksDbOptions options = new RocksDbOptions(WRITE_BUFFER_BYTES, false)) {
            List<ColumnFamilyDescriptor> descriptors = List.of(
                    new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.index()),
                    new ColumnFamilyDescriptor("messages".getBytes(StandardCharsets.US_ASCII), options.messages()));
            String path = directory.resolve("db").toString();
            try (RocksDB database = opener.open(options.database(), path, descriptors, families)) {
                T result = access.to(database, families);
                families.forEach(ColumnFamilyHandle::close);
                return result;
            }
        }
    }
}
