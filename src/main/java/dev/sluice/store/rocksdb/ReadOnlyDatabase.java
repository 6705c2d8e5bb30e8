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
import java.util.TreeSet;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Logger;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A database that is looked at and not changed: its logs are replayed into memory only, and nothing is written beside it. */
final class ReadOnlyDatabase implements AutoCloseable {
    private static final byte[] MESSAGES_NAME = "messages".getBytes(StandardCharsets.US_ASCII);

    private final RocksDB database;
    private final RocksDbOptions options;
    private final Logger silence;
    private final List<ColumnFamilyHandle> families;

    private ReadOnlyDatabase(
            RocksDB database, RocksDbOptions options, Logger silence, List<ColumnFamilyHandle> families) {
        this.database = database;
        this.options = options;
        this.silence = silence;
        this.families = families;
    }

    /** Opens the database; the native code must not be unpacked below the data directory, because that would change it. */
    static ReadOnlyDatabase open(Path path, long writeBufferBytes) {
        ManifestPointer.refuseIfDangling(path);
        Optional<WalVerifier.WalGap> doubt = WalVerifier.run(path);
        NativeLibrary.loadUnchanged(path.resolveSibling(DataDirectory.NATIVE_CODE));
        RocksDbOptions options = new RocksDbOptions(writeBufferBytes, false);
        // Without a logger of ours RocksDB would begin a log file of its own next to the database.
        Logger silence = new SilentLogger();
        options.database().setLogger(silence);
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try {
            RocksDB database = RocksDB.openReadOnly(
                    options.database(),
                    path.toString(),
                    List.of(
                            new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.index()),
                            new ColumnFamilyDescriptor(MESSAGES_NAME, options.messages())),
                    families);
            ReadOnlyDatabase opened = new ReadOnlyDatabase(database, options, silence, families);
            doubt.ifPresent(opened::resolveGap);
            return opened;
        } catch (RocksDBException failure) {
            options.close();
            silence.close();
            if (isMissingFile(failure)) {
                throw new StoreCorruptException("a file is missing: " + failure.getMessage(), failure);
            }
            throw doubt.filter(log -> RocksErrors.isCorruption(failure))
                    .<StoreException>map(log -> log.confirmed(failure))
                    .orElseGet(() -> RocksErrors.of("open", failure));
        }
    }

    private void resolveGap(WalVerifier.WalGap doubt) {
        if (database.getLatestSequenceNumber() < doubt.syncedSequence()) {
            close();
            throw doubt.confirmed(null);
        }
    }

    RocksSnapshot view() {
        return new RocksSnapshot(database, families);
    }

    /** The format record, null if there is none. */
    byte[] format() {
        try {
            return database.get(KeyFormat.formatKey());
        } catch (RocksDBException failure) {
            throw RocksErrors.of("read", failure);
        }
    }

    /** The files that hold the tables. */
    TreeSet<Path> tables() {
        TreeSet<Path> tables = new TreeSet<>();
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
        silence.close();
    }

    private static boolean isMissingFile(RocksDBException failure) {
        return String.valueOf(failure.getMessage()).contains("No such file");
    }

    /** Says nothing. */
    private static final class SilentLogger extends Logger {
        SilentLogger() {
            super(InfoLogLevel.FATAL_LEVEL);
        }

        @Override
        protected void log(InfoLogLevel level, String line) {
            // What matters comes as an exception.
        }
    }
}
