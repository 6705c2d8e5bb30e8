package dev.sluice.store.rocksdb;

import dev.sluice.store.OpenFileLimit;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WALRecoveryMode;

/**
 * The native option objects of a database, with the reason for each choice, and their release. Used by the thread that opens and
 * closes the store.
 *
 * <p>Memory: two families of at most {@code writeBufferBytes} each under one common limit of twice that, one block cache for data,
 * indexes and filters. The cache is not strict: a strict one fails reads when everything in it is in use, an elastic one
 * exceeds its size by the few blocks that the reader threads hold at that moment.
 */
final class RocksDbOptions implements AutoCloseable {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long CACHE_BYTES = 64 * MIB;
    private static final int OPEN_FILES_MAX = 512;
    /** Tables are read and written with fewer open, but not with less than this. */
    private static final int OPEN_FILES_MIN = 32;
    /** A small limit of the process leaves most of it to connections. */
    private static final int OPEN_FILES_SHARE = 4;
    /** Logs, the manifest, tables that are being written, the lock. */
    private static final int OTHER_FILES_MAX = 32;
    /** Read or written at once by flushes and compactions: about a quarter of a millisecond of work. */
    private static final long BURST_BYTES = 64 * KIB;
    /** As many as wait for flushes at once, and some; they are read at a start, although they are done with. */
    private static final int LOGS_KEPT = 4;
    /**
     * A file of the index in which that many of as many neighbours are deletions is compacted soon: a queue is the worst case for
     * tombstones. Message records are never looked for among deleted ones, so theirs can wait.
     */
    private static final long DELETION_WINDOW = 4096;

    private static final long DELETION_TRIGGER = 1024;
    /** So many of the level that flushed files are merged into, all of it each time, are as big as a memtable. */
    private static final int FIRST_LEVELS_PER_MEMTABLE = 4;

    private static final int FILES_OF_FIRST_LEVEL = 2;
    /** Files of a lower level are larger, or a deep backlog would have more of them than may be open. */
    private static final int FILE_GROWTH_PER_LEVEL = 2;
    /** Flushed files of messages that are merged at once: the more, the seldomer the first level is rewritten. */
    private static final int FLUSHED_FILES = 8;

    /** Longer than a message can live. */
    private static final Duration REWRITE_DELAY = Duration.ofDays(15);

    private final long writeBufferBytes;
    private final Cache cache = new LRUCache(CACHE_BYTES);
    private final CompactionRateController pace = new CompactionRateController(System.nanoTime());
    private final BloomFilter filter = new BloomFilter(10);
    private final TablePropertiesCollectorFactory deletionCollector =
            TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
                    DELETION_WINDOW, DELETION_TRIGGER, 0.5);
    private final DBOptions noneOfDatabase = new DBOptions();
    private final ColumnFamilyOptions unknownToJava = unknownToJava();
    private final Options indexBase = new Options(noneOfDatabase, unknownToJava);
    private final Options messagesBase = new Options(noneOfDatabase, unknownToJava);
    private final DBOptions database;
    private final ColumnFamilyOptions index;
    private final ColumnFamilyOptions messages;

    /**
     * Makes the options.
     *
     * @param writeBufferBytes size of a memtable; also what a restart after a crash may have to replay, several times over
     */
    RocksDbOptions(long writeBufferBytes, boolean createIfMissing) {
        this.writeBufferBytes = writeBufferBytes;
        // Compactions take what is left of the processor, so that a deep backlog does not slow its queue down.
        // When they fall behind for long, RocksDB slows the writes itself.
        Env.getDefault().lowerThreadPoolCPUPriority(Priority.LOW);
        indexBase.setTablePropertiesCollectorFactory(List.of(deletionCollector));
        database = databaseOptions(createIfMissing);
        index = familyOptions(indexBase, 4 * KIB);
        messages = familyOptions(messagesBase, 16 * KIB).setLevel0FileNumCompactionTrigger(FLUSHED_FILES);
    }

    DBOptions database() {
        return database;
    }

    ColumnFamilyOptions index() {
        return index;
    }

    ColumnFamilyOptions messages() {
        return messages;
    }

    /** Of flushes and compactions; closed with these options. */
    CompactionRateController pace() {
        return pace;
    }

    @Override
    public void close() {
        messages.close();
        index.close();
        database.close();
        messagesBase.close();
        indexBase.close();
        unknownToJava.close();
        noneOfDatabase.close();
        deletionCollector.close();
        filter.close();
        cache.close();
        pace.close();
    }

    private static int openFilesMax(long processFilesMax) {
        return (int) Math.max(OPEN_FILES_MIN, Math.min(OPEN_FILES_MAX, processFilesMax / OPEN_FILES_SHARE));
    }

    /** What a database may have open, of all that the process may. */
    static int filesMax(long processFilesMax) {
        return openFilesMax(processFilesMax) + OTHER_FILES_MAX;
    }

    private DBOptions databaseOptions(boolean createIfMissing) {
        Properties unknownToJava = new Properties();
        // Closed logs and their synced sizes are noted in the manifest: a log that vanished or shrank is noticed.
        unknownToJava.setProperty("track_and_verify_wals_in_manifest", "true");
        return DBOptions.getDBOptionsFromProps(unknownToJava)
                .setCreateIfMissing(createIfMissing)
                .setCreateMissingColumnFamilies(createIfMissing)
                .setParanoidChecks(true)
                // Written over in place, a log needs one write less for each sync, that of its length. And no log is
                // deleted while others wait for their syncs.
                .setRecycleLogFileNum(LOGS_KEPT)
                // So it ends where its intact records end. Whether that is the right end, WalVerifier finds out before.
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                // When a log is left, its file is cut to what is in it. Families that are flushed each at its own time
                // leave logs that are hardly filled, and the next log in such a file has to grow again.
                .setAtomicFlush(true)
                // What was replayed is in synced tables before anybody can read it: after a failed sync the system's
                // cache shows a log that the disk may not have.
                .setAvoidFlushDuringRecovery(false)
                // All of the log is read at the next start.
                .setMaxTotalWalSize(2 * writeBufferBytes)
                .setDbWriteBufferSize(2 * writeBufferBytes)
                .setMaxOpenFiles(openFilesMax(OpenFileLimit.max()))
                .setMaxBackgroundJobs(2)
                .setRateLimiter(pace.limiter())
                // It counts bytes where they are read and written, so what is worked on in between is one burst.
                .setWritableFileMaxBufferSize(BURST_BYTES)
                .setCompactionReadaheadSize(BURST_BYTES)
                .setBytesPerSync(MIB)
                // There is one writer, so nothing to gain from concurrent inserts.
                .setAllowConcurrentMemtableWrite(false)
                .setEnableWriteThreadAdaptiveYield(false)
                // Nothing wakes up while the server is idle.
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(4 * MIB)
                .setKeepLogFileNum(4);
    }

    /** Options that the Java interface has no method for. */
    private static ColumnFamilyOptions unknownToJava() {
        Properties properties = new Properties();
        // Otherwise the end of any read lets all files that came to the last level as they were be rewritten, only
        // because a snapshot might have kept something in them from being dropped.
        properties.setProperty("bottommost_file_compaction_delay", Long.toString(REWRITE_DELAY.toSeconds()));
        return ColumnFamilyOptions.getColumnFamilyOptionsFromProps(properties);
    }

    private ColumnFamilyOptions familyOptions(Options base, long blockBytes) {
        long firstLevelBytes = writeBufferBytes / FIRST_LEVELS_PER_MEMTABLE;
        ColumnFamilyOptions options = new ColumnFamilyOptions(base);
        options.setWriteBufferSize(writeBufferBytes)
                .setMaxWriteBufferNumber(3)
                // Not while it opens: see RocksDatabase.
                .setDisableAutoCompactions(true)
                .setTargetFileSizeBase(firstLevelBytes / FILES_OF_FIRST_LEVEL)
                .setTargetFileSizeMultiplier(FILE_GROWTH_PER_LEVEL)
                // A flushed file has deletions from the old end of a queue and messages for the new one, so it overlaps
                // all of the next level: that one must be small, or merging takes work in proportion to the backlog.
                .setLevelCompactionDynamicLevelBytes(false)
                .setMaxBytesForLevelBase(firstLevelBytes)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                // Purges are rare; should they not be, range tombstones do not pile up in memory, where reads pay
                // for them.
                .setMemtableMaxRangeDeletions(1000)
                .setTableFormatConfig(tableConfig(blockBytes));
        return options;
    }

    private BlockBasedTableConfig tableConfig(long blockBytes) {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(blockBytes)
                .setFilterPolicy(filter)
                .setWholeKeyFiltering(true)
                .setOptimizeFiltersForMemory(true)
                // Index and filters come in pieces that the cache can drop, so that memory does not follow the backlog.
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setMetadataBlockSize(4 * KIB)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinTopLevelIndexAndFilter(true);
    }
}
