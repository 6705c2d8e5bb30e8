package dev.sluice.store.rocksdb;

import dev.sluice.store.CheckReport;
import dev.sluice.store.CheckTotals;
import dev.sluice.store.KeyFormat;
import dev.sluice.store.RecordVerifier;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/**
 * Checks a store that is not in use, without changing it: format, logs, checksums of all blocks of all tables, and the
 * records themselves with {@link RecordVerifier}.
 *
 * @param totals what was read, as far as it could be read
 * @param findings what is wrong
 */
public record StoreCheck(CheckTotals totals, CheckReport findings) {
    private static final long WRITE_BUFFER_BYTES = 32L * 1024 * 1024;
    private static final CheckTotals NOTHING = new CheckTotals(0, 0, 0);

    /**
     * Checks the store of a directory. Blocks for as long as it takes to read all of it.
     *
     * @throws StoreException with one line for the operator, if it cannot be checked: no store, in use, or a newer
     * format
     */
    public static StoreCheck run(Path directory) {
        CheckReport findings = new CheckReport();
        try (DataDirectory opened = DataDirectory.inspect(directory, RocksDatabase.FORMAT);
                ReadOnlyDatabase database = ReadOnlyDatabase.open(opened.database(), WRITE_BUFFER_BYTES)) {
            checkFormat(database.format(), findings);
            for (Path table : database.tables()) {
                checkTable(table, findings);
            }
            return new StoreCheck(checkRecords(database, findings), findings);
        } catch (StoreCorruptException damaged) {
            findings.add(directory.toString(), damaged.getMessage());
            return new StoreCheck(NOTHING, findings);
        }
    }

    private static CheckTotals checkRecords(ReadOnlyDatabase database, CheckReport findings) {
        long before = findings.total();
        try (RocksSnapshot snapshot = database.snapshot()) {
            return RecordVerifier.run(snapshot, findings);
        } catch (StoreCorruptException damaged) {
            if (before == 0) {
                findings.add("the store", damaged.getMessage());
            }
            findings.add("the store", "the records were not checked to the end, because files are damaged");
            return NOTHING;
        }
    }

    private static void checkFormat(byte @Nullable [] format, CheckReport findings) {
        if (format == null) {
            findings.add("the store", "its format record is missing");
        } else if (format.length != Integer.BYTES || ByteBuffer.wrap(format).getInt() != KeyFormat.VERSION) {
            findings.add("the store", "its format record cannot be read");
        }
    }

    private static void checkTable(Path table, CheckReport findings) {
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            reader.open(table.toString());
            reader.verifyChecksum();
        } catch (RocksDBException failure) {
            findings.add("file " + table, String.valueOf(failure.getMessage()));
        }
    }
}
