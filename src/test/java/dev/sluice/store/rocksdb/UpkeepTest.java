package dev.sluice.store.rocksdb;

import static dev.sluice.store.Outcomes.commitLater;
import static dev.sluice.store.Outcomes.get;
import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestTimeout;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.QueueEvent;
import dev.sluice.store.BatchGroup;
import dev.sluice.store.Durability;
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

/** What the store does by itself, without which a start, or a read, would get slower with everything that was ever written. */
class UpkeepTest {
    private static final int WRITE_BUFFER_BYTES = 1024 * 1024;
    private static final int BODY_BYTES = 16 * 1024;

    @TempDir
    Path directory;

    private final Random random = new Random(1);

    @Test
    void theLogThatTheNextStartReplaysStaysShort() {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 6 * WRITE_BUFFER_BYTES);

            await().ignoreExceptions().until(() -> neededLogBytes() <= 3 * WRITE_BUFFER_BYTES);
        }
    }

    @Test
    void tablesAreMergedAfterTheFirstWriteOfAProcess() {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 40 * WRITE_BUFFER_BYTES);

            await().ignoreExceptions().until(() -> unmergedTables() < 8);
        }
    }

    /**
     * The file of a log that is left early is cut short. A log that is later written over it grows, and a sync of a log that grows waits
     * for the disk once more.
     */
    @Test
    void logsAreLeftWhenTheyAreFullAlthoughOneFamilyGetsLittle() {
        Map<Long, Long> leftBytes = new TreeMap<>();
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 20 * WRITE_BUFFER_BYTES, () -> leftBytes.putAll(sizesOfLeftLogs()));
        }
        assertThat(leftBytes.values()).hasSizeGreaterThan(10).allSatisfy(bytes -> assertThat(bytes)
                .isGreaterThan(WRITE_BUFFER_BYTES / 3));
    }

    /** Otherwise the first read after many writes sets off a rewriting of the whole backlog, for nothing. */
    @Test
    void aReadDoesNotLetTablesBeRewrittenFromWhichNothingIsGone() throws Exception {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 8 * WRITE_BUFFER_BYTES);
        }
        // Without the one that this start makes of the log, whose age is unknown.
        List<String> tables = access(RocksDB::openReadOnly, (database, families) -> tablesOfMessages(database));
        access(RocksDB::open, (database, families) -> {
            moveToLastLevel(database, families);
            database.enableAutoCompaction(families);

            database.releaseSnapshot(database.getSnapshot());

            await().until(() -> merges(database) == 0);
            assertThat(tablesOfMessages(database)).hasSizeGreaterThan(4).containsAll(tables);
            return null;
        });
    }

    /** Otherwise a stop, or the return from a full disk, would wait for all of a large store to be rewritten. */
    @Test
    void aMergeUnderWayDoesNotKeepTheDatabaseFromBeingOpenedAgain() throws Exception {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC, WRITE_BUFFER_BYTES)) {
            write(store, 32 * WRITE_BUFFER_BYTES);
        }
        try (DataDirectory opened = DataDirectory.open(directory, RocksDatabase.FORMAT);
                ReopenableDatabase database = new ReopenableDatabase(opened, WRITE_BUFFER_BYTES)) {
            CountDownLatch inside = new CountDownLatch(1);
            CompletableFuture<Void> merge = CompletableFuture.runAsync(() -> database.with(open -> {
                inside.countDown();
                // Over and over, so that it is under way whenever the other thread comes.
                for (long end = System.nanoTime() + TestTimeout.LIMIT.toNanos(); System.nanoTime() < end; ) {
                    open.compact();
                }
                return null;
            }));
            inside.await();

            database.reopen();

            assertThatThrownBy(merge::join).hasCauseInstanceOf(StoreException.class);
        }
    }

    /** A merge at full speed keeps the core from whoever pushes, for several milliseconds at a time. */
    @Test
    void tablesAreWrittenAndMergedAtAPaceThatFollowsTheWrites() {
        try (DataDirectory opened = DataDirectory.open(directory, RocksDatabase.FORMAT);
                ReopenableDatabase database = new ReopenableDatabase(opened, WRITE_BUFFER_BYTES)) {
            RateLimiter limiter = database.with(open -> open.pace().limiter());
            assertThat(limiter.getBytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);

            byte[] nothing = new BatchGroup().serialize();
            await().until(() -> database.with(open -> {
                open.write(nothing.clone(), false);
                return limiter.getBytesPerSecond() == CompactionRateController.BYTES_PER_SECOND_MIN;
            }));
            long before = limiter.getTotalBytesThrough();
            database.with(open -> {
                open.compact();
                return null;
            });
            assertThat(limiter.getTotalBytesThrough()).isGreaterThan(before);
            assertThat(limiter.getBytesPerSecond())
                    .as("somebody waits for a compaction that was asked for")
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
            StoreBatch batch = new StoreBatch();
            batch.add(1, new QueueEvent.Enqueued(arrival(seq), content, 0, null));
            batch.head(1, head(seq + 1));
            get(commitLater(store, batch));
            afterEach.run();
        }
    }

    /** Without the logs that are done with and wait to be used again. */
    private long neededLogBytes() throws IOException, RocksDBException {
        long first = lookFromOutside(view -> view.getLongProperty("rocksdb.min-log-number-to-keep"));
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .filter(log -> WalScanner.numberOf(log) >= first)
                    .mapToLong(UpkeepTest::bytes)
                    .sum();
        }
    }

    /** By number; at any moment there may be just one, which is used again as soon as the present one is full. */
    private Map<Long, Long> sizesOfLeftLogs() {
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

    /** A log that is deleted meanwhile is none any more. */
    private static long bytes(Path log) {
        try {
            return Files.size(log);
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private long unmergedTables() throws RocksDBException {
        return lookFromOutside(view -> view.getLiveFilesMetaData().stream()
                .filter(table -> table.level() == 0)
                .count());
    }

    /** So that there is nothing to merge. */
    private static void moveToLastLevel(RocksDB database, List<ColumnFamilyHandle> families) throws RocksDBException {
        try (CompactRangeOptions options =
                new CompactRangeOptions().setChangeLevel(true).setTargetLevel(6)) {
            for (ColumnFamilyHandle family : families) {
                database.compactRange(family, null, null, options);
            }
        }
    }

    /** Under way or about to begin. */
    private static long merges(RocksDB database) throws RocksDBException {
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

    private interface Look {
        long at(RocksDB view) throws RocksDBException;
    }

    private interface Access<T> {
        T to(RocksDB database, List<ColumnFamilyHandle> families) throws RocksDBException;
    }

    /** As the store would not say it; a log may vanish under such a look, which fails then. */
    private long lookFromOutside(Look look) throws RocksDBException {
        return access(RocksDB::openReadOnly, (view, families) -> look.at(view));
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
                T seen = access.to(database, families);
                families.forEach(ColumnFamilyHandle::close);
                return seen;
            }
        }
    }
}
