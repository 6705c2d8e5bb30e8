package dev.sluice.store.rocksdb;

import dev.sluice.store.OpenFileLimit;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
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
 * The native option objects of a database, with the reason for each choice, and their release. Used by the thread that
 * opens and closes the store.
 *
 * <p>Memory: two column families of at most {@code writeBufferBytes} each with a common limit of twice that, and one
 * block cache for data, indexes and filters. The cache has no strict capacity limit: with a strict limit reads fail
 * when all blocks are in use; without it the cache may exceed its size by the few blocks that reader threads use at
 * that moment.
 */
final class RocksDbOptions implements AutoCloseable {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long CACHE_BYTES = 64 * MIB;
    private static final int OPEN_FILES_MAX = 512;
    /** Lower bound for open table files. */
    private static final int OPEN_FILES_MIN = 32;
    /** A process with a small limit keeps most file descriptors for connections. */
    private static final int OPEN_FILES_SHARE = 4;
    /** Files besides the tables: logs, the manifest, tables being written, the lock. */
    private static final int OTHER_FILES_MAX = 32;
    /** Bytes read or written in one step by flushes and compactions: about a quarter of a millisecond of work. */
    private static final long BURST_BYTES = 64 * KIB;
    /**
     * Number of recycled logs: slightly more than can wait for flushes at the same time. They are read at a start
     * although they are obsolete.
     */
    private static final int RECYCLED_LOGS = 4;
    /**
     * An index table in which {@link #DELETION_TRIGGER} of so many adjacent entries are deletions is compacted soon: a
     * queue is the worst case for tombstones. Message records are never searched between deleted ones, so their tables
     * can wait.
     */
    private static final long DELETION_WINDOW = 4096;

    private static final long DELETION_TRIGGER = 1024;
    /**
     * The memtable size divided by the size of the first level, which flushed files are merged into and which is
     * rewritten completely each time.
     */
    private static final int FIRST_LEVELS_PER_MEMTABLE = 4;

    private static final int FILES_OF_FIRST_LEVEL = 2;
    /** Files of lower levels are larger; otherwise a deep backlog would need more files than may be open. */
    private static final int FILE_GROWTH_PER_LEVEL = 2;
    /** Number of flushed message files that are merged at once: with more, the first level is rewritten less often. */
    private static final int FLUSHED_FILES = 8;

    /** Longer than the maximum lifetime of a message. */
    private static final Duration REWRITE_DELAY = Duration.ofDays(15);

    /** The first blocks of memtables of databases that share their memory: there are many, and most are idle. */
    private static final long SHARED_ARENA_BYTES = 64 * KIB;

    private final long writeBufferBytes;
    private final @Nullable SharedDatabaseMemory shared;
    private final Cache cache;
    private final CompactionRateController compactionRate = new CompactionRateController(System.nanoTime());
    private final BloomFilter filter = new BloomFilter(10);
    private final TablePropertiesCollectorFactory deletionCollector =
            TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
                    DELETION_WINDOW, DELETION_TRIGGER, 0.5);
    private final DBOptions defaultDatabaseOptions = new DBOptions();
    private final ColumnFamilyOptions optionsByName = optionsByName();
    private final Options indexBase = new Options(defaultDatabaseOptions, optionsByName);
    private final Options messagesBase = new Options(defaultDatabaseOptions, optionsByName);
    private final DBOptions database;
    private final ColumnFamilyOptions index;
    private final ColumnFamilyOptions messages;

    /**
     * Creates the options.
     *
     * @param writeBufferBytes size of a memtable; a restart after a crash may have to replay several times as much
     */
    RocksDbOptions(long writeBufferBytes, boolean createIfMissing) {
        this(writeBufferBytes, createIfMissing, null);
    }

    /** Creates the options of a database that may share its memory with others. */
    RocksDbOptions(long writeBufferBytes, boolean createIfMissing, @Nullable SharedDatabaseMemory shared) {
        this.writeBufferBytes = writeBufferBytes;
        this.shared = shared;
        this.cache = shared == null ? new LRUCache(CACHE_BYTES) : shared.cache();
        // Compactions have a low CPU priority, so that a deep backlog does not slow down its queue. When compactions
        // fall behind, RocksDB slows down the writes itself.
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

    /** The rate controller of flushes and compactions; closed together with these options. */
    CompactionRateController compactionRate() {
        return compactionRate;
    }

    @Override
    public void close() {
        messages.close();
        index.close();
        database.close();
        messagesBase.close();
        indexBase.close();
        optionsByName.close();
        defaultDatabaseOptions.close();
        deletionCollector.close();
        filter.close();
        if (shared == null) {
            cache.close();
        }
        compactionRate.close();
    }

    private static int openFilesMax(long processFilesMax) {
        return (int) Math.max(OPEN_FILES_MIN, Math.min(OPEN_FILES_MAX, processFilesMax / OPEN_FILES_SHARE));
    }

    /** Upper bound for the files that a database has open, out of all that the process may open. */
    static int filesMax(long processFilesMax) {
        return openFilesMax(processFilesMax) + OTHER_FILES_MAX;
    }

    private DBOptions databaseOptions(boolean createIfMissing) {
        Properties properties = new Properties();
        // Closed logs and their synced sizes are recorded in the manifest, so a missing or truncated log is detected.
        properties.setProperty("track_and_verify_wals_in_manifest", "true");
        int openFiles = openFilesMax(OpenFileLimit.max());
        DBOptions options = DBOptions.getDBOptionsFromProps(properties)
                .setCreateIfMissing(createIfMissing)
                .setCreateMissingColumnFamilies(createIfMissing)
                .setParanoidChecks(true)
                // A recycled log is overwritten in place, so a sync does not have to write a new file length. And no
                // log is deleted while other writes wait for their syncs.
                .setRecycleLogFileNum(RECYCLED_LOGS)
                // The log ends where its intact records end. WalVerifier checks before whether that is the correct end.
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                // When a log is closed, its file is truncated to its content. Column families that are flushed
                // independently close logs that are hardly filled, and the next log in such a file would have to grow
                // again.
                .setAtomicFlush(true)
                // Replayed writes are flushed to synced tables before they can be read: after a failed sync the page
                // cache may show a log that the disk does not have.
                .setAvoidFlushDuringRecovery(false)
                // The whole log is read at the next start.
                .setMaxTotalWalSize(2 * writeBufferBytes)
                .setDbWriteBufferSize(2 * writeBufferBytes)
                .setMaxOpenFiles(shared == null ? openFiles : shared.openFilesMax(openFiles))
                .setMaxBackgroundJobs(2)
                .setRateLimiter(compactionRate.limiter())
                // The limiter counts bytes when they are read and written, so the work between two steps is one burst.
                .setWritableFileMaxBufferSize(BURST_BYTES)
                .setCompactionReadaheadSize(BURST_BYTES)
                .setBytesPerSync(MIB)
                // There is only one writer, so concurrent inserts have no benefit.
                .setAllowConcurrentMemtableWrite(false)
                .setEnableWriteThreadAdaptiveYield(false)
                // No periodic work while the server is idle.
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(4 * MIB)
                .setKeepLogFileNum(4);
        return shared == null ? options : options.setWriteBufferManager(shared.writeBuffers());
    }

    /** Options without a method in the Java interface. */
    private static ColumnFamilyOptions optionsByName() {
        Properties properties = new Properties();
        // Otherwise the end of any read would schedule a rewrite of all files that were moved to the last level
        // unchanged, only because a snapshot might have kept deleted records in them.
        properties.setProperty("bottommost_file_compaction_delay", Long.toString(REWRITE_DELAY.toSeconds()));
        return ColumnFamilyOptions.getColumnFamilyOptionsFromProps(properties);
    }

    private ColumnFamilyOptions familyOptions(Options base, long blockBytes) {
        long firstLevelBytes = writeBufferBytes / FIRST_LEVELS_PER_MEMTABLE;
        ColumnFamilyOptions options = new ColumnFamilyOptions(base);
        options.setWriteBufferSize(writeBufferBytes)
                .setMaxWriteBufferNumber(3)
                // Not during opening: see RocksDatabase.write.
                .setDisableAutoCompactions(true)
                .setTargetFileSizeBase(firstLevelBytes / FILES_OF_FIRST_LEVEL)
                .setTargetFileSizeMultiplier(FILE_GROWTH_PER_LEVEL)
                // A flushed file has deletions at the old end of a queue and messages at the new end, so it overlaps
                // the whole next level. That level must be small; otherwise the work of merging is proportional to the
                // backlog.
                .setLevelCompactionDynamicLevelBytes(false)
                .setMaxBytesForLevelBase(firstLevelBytes)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                // Purges are rare. If they are not, this limit prevents range tombstones from accumulating in a
                // memtable, where they slow down reads.
                .setMemtableMaxRangeDeletions(1000)
                .setTableFormatConfig(tableConfig(blockBytes));
        if (shared != null) {
            options.setArenaBlockSize(SHARED_ARENA_BYTES);
        }
        return options;
    }

    private BlockBasedTableConfig tableConfig(long blockBytes) {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(blockBytes)
                .setFilterPolicy(filter)
                .setWholeKeyFiltering(true)
                .setOptimizeFiltersForMemory(true)
                // Partitioned, so that the cache can evict parts of indexes and filters and memory does not grow with
                // the backlog.
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setMetadataBlockSize(4 * KIB)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinTopLevelIndexAndFilter(true);
    }
}
