package dev.sluice.store.rocksdb;

import dev.sluice.store.BatchGroup;
import dev.sluice.store.ColumnFamily;
import dev.sluice.store.KeyFormat;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
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
 * The RocksDB database with all its native handles: opened completely or not at all, closed in the order that RocksDB wants.
 * Whoever closes it makes sure that no thread is inside.
 */
final class RocksDatabase implements AutoCloseable {
    /** The newest format of keys and values that this jar reads, and the one it writes. */
    static final int FORMAT = KeyFormat.VERSION;

    private static final Logger LOG = LoggerFactory.getLogger(RocksDatabase.class);
    private static final byte[] MESSAGES_NAME = "messages".getBytes(StandardCharsets.US_ASCII);

    private final RocksDB database;
    private final RocksDbOptions options;
    private final List<ColumnFamilyHandle> families;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions unsynced = new WriteOptions();
    private final CompactRangeOptions compaction =
            new CompactRangeOptions().setExclusiveManualCompaction(false).setCanceled(false);
    private final long markKey = new SecureRandom().nextLong();
    private final CompactionRateController.Debt debt = new CompactionRateController.Debt() {
        @Override
        public LongStream fullMemtables() {
            return families.stream().mapToLong(family -> count(family, "rocksdb.num-immutable-mem-table"));
        }

        @Override
        public long bytesToMerge() {
            return total("rocksdb.estimate-pending-compaction-bytes");
        }
    };
    /** Of the writer thread. */
    private boolean compacting;
    /** All writes up to this one are synced. Of the writer thread. */
    private long syncedSequence;
    /** Whether a write failed: what the log holds is unknown since. Of the writer thread. */
    private boolean failed;

    private RocksDatabase(RocksDB database, RocksDbOptions options, List<ColumnFamilyHandle> families) {
        this.database = database;
        this.options = options;
        this.families = families;
        // What was replayed is in synced tables.
        this.syncedSequence = database.getLatestSequenceNumber();
    }

    /** Opens the database of a directory; makes it if the directory says that this was never completed. */
    static RocksDatabase open(DataDirectory directory, long writeBufferBytes) {
        boolean create = directory.unfinished();
        if (!create && !Files.isDirectory(directory.database())) {
            throw new StoreCorruptException("the store is damaged: directory " + directory.database() + " is missing");
        }
        if (!create) {
            ManifestPointer.refuseIfDangling(directory.database());
        }
        Optional<WalVerifier.WalGap> doubt = WalVerifier.run(directory.database());
        NativeLibrary.load(directory.nativeCode());
        if (doubt.isPresent()) {
            // Whether it is confirmed shows when it is open, and a database that may be damaged must not be changed.
            ReadOnlyDatabase.open(directory.database(), writeBufferBytes).close();
        }
        directory.protectDatabase();
        RocksDbOptions options = new RocksDbOptions(writeBufferBytes, create);
        RocksDatabase opened;
        try {
            opened = open(directory, options);
            // Once more, for the files that it has just made.
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
     * Writes a group as one atomic step. The first one lets the compactions begin: what a kill left undone of them would otherwise
     * take the processor while the server starts. Called by one thread at a time.
     */
    void write(byte[] group, boolean sync) {
        try {
            if (!compacting) {
                database.enableAutoCompaction(families);
                compacting = true;
            }
            pace().update(System.nanoTime(), group.length, debt);
            writeMarked(group, sync);
        } catch (RocksDBException failure) {
            failed = true;
            throw RocksErrors.of("write", failure);
        }
    }

    private void writeMarked(byte[] group, boolean sync) throws RocksDBException {
        new WalSyncMark(markKey, syncedSequence).writeTo(group);
        try (WriteBatch batch = new WriteBatch(group)) {
            database.write(sync ? synced : unsynced, batch);
        }
        if (sync) {
            syncedSequence = database.getLatestSequenceNumber();
        }
    }

    /** The database as it is now. */
    RocksSnapshot view() {
        return new RocksSnapshot(database, families);
    }

    /** Of its flushes and compactions. */
    CompactionRateController pace() {
        return options.pace();
    }

    /** Rewrites everything without what was deleted, beside other compactions. Blocks; {@link #stopCompacting} ends it. */
    void compact() {
        pace().unthrottled(() -> families.forEach(this::compact));
    }

    private void compact(ColumnFamilyHandle family) {
        try {
            database.compactRange(family, null, null, compaction);
        } catch (RocksDBException failure) {
            throw RocksErrors.of("compact", failure);
        }
    }

    /** Ends a {@link #compact} under way, with a failure, and lets no other begin: the database is about to be closed. */
    void stopCompacting() {
        compaction.setCanceled(true);
    }

    /** Bytes of the tables in use. */
    long tableBytes() {
        return total("rocksdb.live-sst-files-size");
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

    /** Makes a database with the same content in a directory that does not exist; writes go on meanwhile. Blocks. */
    void copyTo(Path directory) {
        try (Checkpoint checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException failure) {
            throw RocksErrors.of("be copied", failure);
        }
    }

    /**
     * Releases everything and syncs nothing: after a failed write the log is not to be touched by the process that could not
     * write it.
     */
    void abandon() {
        families.forEach(ColumnFamilyHandle::close);
        database.close();
        synced.close();
        unsynced.close();
        compaction.close();
        options.close();
    }

    /**
     * Syncs the log, ends it with an empty write that says so, and releases everything. Whoever waited for a sync has had it, so a
     * failure harms nobody.
     */
    @Override
    public void close() {
        try {
            database.flushWal(true);
            if (!failed) {
                syncedSequence = database.getLatestSequenceNumber();
                writeMarked(new BatchGroup().serialize(), true);
            }
        } catch (RocksDBException failure) {
            LOG.warn("The log could not be flushed: {}", failure.getMessage());
        } finally {
            abandon();
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

    /** Writes the format into a new database, compares it in an old one. */
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
                        synced,
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
