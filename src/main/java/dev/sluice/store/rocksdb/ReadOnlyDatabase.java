package dev.sluice.store.rocksdb;

import dev.sluice.store.KeyFormat;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.rocksdb.wal.WalVerifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Logger;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A database opened for reading only: its logs are replayed into memory, and nothing is written to its directory. */
final class ReadOnlyDatabase implements AutoCloseable {
    private static final byte[] MESSAGES_NAME = "messages".getBytes(StandardCharsets.US_ASCII);

    private final RocksDB database;
    private final RocksDbOptions options;
    private final Logger silentLogger;
    private final List<ColumnFamilyHandle> families;

    private ReadOnlyDatabase(
            RocksDB database, RocksDbOptions options, Logger silentLogger, List<ColumnFamilyHandle> families) {
        this.database = database;
        this.options = options;
        this.silentLogger = silentLogger;
        this.families = families;
    }

    /** Opens the database. The native library is not unpacked into the data directory, because that would change it. */
    static ReadOnlyDatabase open(Path path, long writeBufferBytes) {
        ManifestPointer.refuseIfDangling(path);
        Optional<WalVerifier.WalGap> gap = WalVerifier.run(path);
        NativeLibrary.loadUnchanged(path.resolveSibling(DataDirectory.NATIVE_CODE));
        RocksDbOptions options = new RocksDbOptions(writeBufferBytes, false);
        // Without a logger, RocksDB would create a g file in the database directory.
        Logger silentLogger = new SilentLogger();
        options.database().setLogger(silentLogger);
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try {
            RocksDB database = RocksDB.openReadOnly(
                    options.database(),
                    path.toString(),
                    List.of(
                            new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.index()),
                            new ColumnFamilyDescriptor(MESSAGES_NAME, options.messages())),
                    families);
            ReadOnlyDatabase opened = new ReadOnlyDatabase(database, options, silentLogger, families);
            gap.ifPresent(opened::refuseIfConfirmed);
            return opened;
        } catch (RocksDBException failure) {
            options.close();
            silentLogger.close();
            if (isMissingFile(failure)) {
                throw new StoreCorruptException("a file is missing: " + failure.getMessage(), failure);
            }
            throw gap.filter(unused -> RocksErrors.isCorruption(failure))
                    .<StoreException>map(g -> g.toException(failure))
                    .orElseGet(() -> RocksErrors.of("open", failure));
        }
    }

    private void refuseIfConfirmed(WalVerifier.WalGap gap) {
        if (database.getLatestSequenceNumber() < gap.syncedSequence()) {
            close();
            throw gap.toException(null);
        }
    }

    RocksSnapshot snapshot() {
        return new RocksSnapshot(database, families);
    }

    /** Returns the format record, or null if there is none. */
    byte @Nullable [] format() {
        try {
            return database.get(KeyFormat.formatKey());
        } catch (RocksDBException failure) {
            throw RocksErrors.of("read", failure);
        }
    }

    /** The table files, in order of their names. */
    SortedSet<Path> tables() {
        SortedSet<Path> tables = new TreeSet<>();
        for (LiveFileMetaData file : database.getLiveFilesMetaData()) {
            tables.add(Path.of(file.path(), file.fileName()));
        }
        return tables;
    }

    @Override
    public void close() {
        families.forEach(ColumnFamilyHandle::close);
        database.close();
        options.close();
        silentLogger.close();
    }

    private static boolean isMissingFile(RocksDBException failure) {
        return String.valueOf(failure.getMessage()).contains("No such file");
    }

    /** Discards all messages. */
    private static final class SilentLogger extends Logger {
        SilentLogger() {
            super(InfoLogLevel.FATAL_LEVEL);
        }

        @Override
        protected void log(InfoLogLevel level, String line) {
            // Failures are reported as exceptions.
        }
    }
}
