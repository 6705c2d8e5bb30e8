package dev.sluice.store.rocksdb;

import dev.sluice.store.ColumnFamily;
import dev.sluice.store.KeyFormat;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreFigures;
import dev.sluice.store.rocksdb.wal.WalSyncMark;
import dev.sluice.store.rocksdb.wal.WalVerifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The RocksDB database with all its native handles. It is opened completely or not at all, and closed in the order that
 * RocksDB requires. The caller of {@link #close} must ensure that no thread uses it.
 */
final class RocksDatabase implements AutoCloseable {
    /** The format of keys and values that this version writes, and the newest one that it reads. */
    static final int FORMAT = KeyFormat.VERSION;

    private static final Logger LOG = LoggerFactory.getLogger(RocksDatabase.class);
    private static final byte[] MESSAGES_NAME = "messages".getBytes(StandardCharsets.US_ASCII);

    private final RocksDB database;
    private final RocksDbOptions options;
    private final List<ColumnFamilyHandle> families;
    private final WriteOptions syncedWrites = new WriteOptions().setSync(true);
    private final WriteOptions unsyncedWrites = new WriteOptions();
    private final CompactRangeOptions compactionOptions =
            new CompactRangeOptions().setExclusiveManualCompaction(false).setCanceled(false);
    private final long markKey = new SecureRandom().nextLong();
    private final CompactionRateController.CompactionDebt compactionDebt =
            new CompactionRateController.CompactionDebt() {
                @Override
                public LongStream fullMemtables() {
                    return families.stream().mapToLong(family -> count(family, "rocksdb.num-immutable-mem-table"));
                }

                @Override
                public long pendingCompactionBytes() {
                    return total("rocksdb.estimate-pending-compaction-bytes");
                }
            };
    /** Confined to the writer thread. */
    private boolean autoCompactionEnabled;
    /** All writes up to this sequence number are synced. Confined to the writer thread. */
    private long syncedSequence;
    /** Whether a write failed; the content of the log is unknown since. Confined to the writer thread. */
    private boolean failed;

    private RocksDatabase(RocksDB database, RocksDbOptions options, List<ColumnFamilyHandle> families) {
        this.database = database;
        this.options = options;
        this.families = families;
        // Replayed writes are in synced tables.
        this.syncedSequence = database.getLatestSequenceNumber();
    }

    /** Opens the database of a directory. Creates it if the directory was never completed. */
    static RocksDatabase open(DataDirectory directory, long writeBufferBytes, @Nullable SharedDatabaseMemory shared) {
        boolean create = directory.unfinished();
        if (!create && !Files.isDirectory(directory.database())) {
            throw new StoreCorruptException("the store is damaged: directory " + directory.database() + " is missing");
        }
        if (!create) {
            ManifestPointer.refuseIfDangling(directory.database());
        }
        Optional<WalVerifier.WalGap> gap = WalVerifier.run(directory.database());
        if (shared == null) {
            NativeLibrary.load(directory.nativeCode());
        }
        if (gap.isPresent()) {
            // Only the open database can confirm the gap, and a database that may be damaged must not be changed.
            ReadOnlyDatabase.open(directory.database(), writeBufferBytes).close();
        }
        directory.protectDatabase();
        RocksDbOptions options = new RocksDbOptions(writeBufferBytes, create, shared);
        RocksDatabase opened;
        try {
            opened = open(directory, options);
            // Again, for the files that were just created.
            directory.protectDatabase();
        } catch (RuntimeException | Error failure) {
            options.close();
            throw failure;
        }
        try {
            opened.initializeFormat(directory);
            return opened;
        } catch (RuntimeException | Error failure) {
            opened.close();
            throw failure;
        }
    }

    /**
     * Writes a group atomically. The first write enables automatic compactions: otherwise compactions that a kill
     * interrupted would take processor time during the start. Called by one thread at a time.
     */
    void write(byte[] group, boolean sync) {
        try {
            if (!autoCompactionEnabled) {
                database.enableAutoCompaction(families);
                autoCompactionEnabled = true;
            }
            compactionRate().update(System.nanoTime(), group.length, compactionDebt);
            writeWithSyncMark(group, sync);
        } catch (RocksDBException failure) {
            failed = true;
            throw RocksErrors.of("write", failure);
        }
    }

    private void writeWithSyncMark(byte[] group, boolean sync) throws RocksDBException {
        new WalSyncMark(markKey, syncedSequence).writeTo(group);
        try (WriteBatch batch = new WriteBatch(group)) {
            database.write(sync ? syncedWrites : unsyncedWrites, batch);
        }
        if (sync) {
            syncedSequence = database.getLatestSequenceNumber();
        }
    }

    /** Takes a snapshot of the database. */
    RocksSnapshot snapshot() {
        return new RocksSnapshot(database, families);
    }

    /** The rate controller of flushes and compactions. */
    CompactionRateController compactionRate() {
        return options.compactionRate();
    }

    /**
     * Compacts all tables and drops deleted records, concurrently with other compactions. Blocks; {@link
     * #cancelCompaction} ends it.
     */
    void compact() {
        compactionRate().unthrottled(() -> families.forEach(this::compact));
    }

    private void compact(ColumnFamilyHandle family) {
        try {
            database.compactRange(family, null, null, compactionOptions);
        } catch (RocksDBException failure) {
            throw RocksErrors.of("compact", failure);
        }
    }

    /** Makes a running {@link #compact} fail and prevents further ones, because the database is about to be closed. */
    void cancelCompaction() {
        compactionOptions.setCanceled(true);
    }

    /** Size of the tables in use, in bytes. */
    long tableBytes() {
        return total("rocksdb.live-sst-files-size");
    }

    /** What the database does at the moment. */
    StoreFigures figures(long logBytes) {
        ColumnFamilyHandle first = families.get(0);
        // All families share one cache, and one state of writes.
        return new StoreFigures(
                logBytes,
                tableBytes(),
                total("rocksdb.cur-size-all-mem-tables"),
                count(first, "rocksdb.block-cache-usage"),
                total("rocksdb.estimate-pending-compaction-bytes"),
                count(first, "rocksdb.num-running-compactions"),
                count(first, "rocksdb.num-running-flushes"),
                count(first, "rocksdb.is-write-stopped"),
                count(first, "rocksdb.actual-delayed-write-rate"));
    }

    private long count(ColumnFamilyHandle family, String property) {
        try {
            return database.getLongProperty(family, property);
        } catch (RocksDBException failure) {
            throw RocksErrors.of("measure its tables", failure);
        }
    }

    private long total(String property) {
        try {
            return database.getAggregatedLongProperty(property);
        } catch (RocksDBException failure) {
            throw RocksErrors.of("measure its tables", failure);
        }
    }

    /**
     * Creates a database with the same content in a directory that does not exist. Writes continue at the same time.
     * Blocks.
     */
    void copyTo(Path directory) {
        try (Checkpoint checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException failure) {
            throw RocksErrors.of("be copied", failure);
        }
    }

    /** Releases all handles without a sync: after a failed write, the process that failed must not touch the log. */
    void closeWithoutSync() {
        families.forEach(ColumnFamilyHandle::close);
        database.close();
        syncedWrites.close();
        unsyncedWrites.close();
        compactionOptions.close();
        options.close();
    }

    /**
     * Syncs the log, ends it with an empty write that carries the last sync mark, and releases all handles. All writes
     * that required a sync are synced already, so a failure loses nothing and is only logged.
     */
    @Override
    public void close() {
        try {
            database.flushWal(true);
            if (!failed) {
                syncedSequence = database.getLatestSequenceNumber();
                writeWithSyncMark(new BatchGroup().serialize(), true);
            }
        } catch (RocksDBException failure) {
            LOG.warn("The log could not be flushed: {}", failure.getMessage());
        } finally {
            closeWithoutSync();
        }
    }

    private static RocksDatabase open(DataDirectory directory, RocksDbOptions options) {
        List<ColumnFamilyHandle> families = new ArrayList<>();
        List<ColumnFamilyDescriptor> descriptors = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.index()),
                new ColumnFamilyDescriptor(MESSAGES_NAME, options.messages()));
        try {
            RocksDB database =
                    RocksDB.open(options.database(), directory.database().toString(), descriptors, families);
            return new RocksDatabase(database, options, families);
        } catch (RocksDBException failure) {
            throw RocksErrors.of("open", failure);
        }
    }

    /** Writes the format record into a new database, or checks it in an existing one. */
    private void initializeFormat(DataDirectory directory) {
        for (ColumnFamily family : ColumnFamily.values()) {
            if (families.get(family.id()).getID() != family.id()) {
                throw new StoreCorruptException("the store is damaged: column families are in the wrong order");
            }
        }
        try {
            byte[] format = database.get(KeyFormat.formatKey());
            if (format != null) {
                checkFormat(format);
            } else if (!directory.unfinished()) {
                throw new StoreCorruptException("the store is damaged: its format record is missing");
            } else {
                database.put(
                        syncedWrites,
                        KeyFormat.formatKey(),
                        ByteBuffer.allocate(Integer.BYTES).putInt(FORMAT).array());
            }
        } catch (RocksDBException failure) {
            throw RocksErrors.of("open", failure);
        }
        if (directory.unfinished()) {
            directory.finish(FORMAT);
        }
    }

    private static void checkFormat(byte[] stored) {
        int format = stored.length == Integer.BYTES ? ByteBuffer.wrap(stored).getInt() : -1;
        if (format < 1) {
            throw new StoreCorruptException("the store is damaged: its format record cannot be read");
        }
        if (format > FORMAT) {
            throw new StoreException("the store has format " + format
                    + ", written by a newer Sluice; this one knows formats up to " + FORMAT);
        }
    }
}
