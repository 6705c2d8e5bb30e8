package dev.sluice.store.rocksdb.wal;

import dev.sluice.store.FileFailure;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the write-ahead logs before RocksDB opens them. Log files are recycled, so a log ends where its intact
 * writes end. RocksDB takes the first record that is not intact as the end, whatever follows, and drops later logs if
 * they do not continue there. The verifier uses the marks of later writes ({@link WalSyncMark}) to detect whether
 * synced data would be lost that way.
 */
public final class WalVerifier {
    /**
     * A gap between two logs. Either logs between them were obsolete and deleted, or one is damaged; only the open
     * database can decide.
     *
     * @param log the log that ends too early, if it is still needed
     * @param syncedSequence the sequence number that the open database must have reached
     */
    public record WalGap(Path log, long syncedSequence) {
        /** The exception for a gap that proved to be damage. */
        public StoreCorruptException toException(@Nullable Exception cause) {
            return new StoreCorruptException(
                    "the store is damaged: log file " + log + " ends before what was synced", cause);
        }
    }

    private WalVerifier() {}

    /**
     * Reads all logs of a database. Returns the first gap, if there is one. Blocks.
     *
     * @throws StoreCorruptException if a log has lost synced data
     */
    public static Optional<WalGap> run(Path database) {
        List<WalScanner> scans = new ArrayList<>();
        long nextSequence = 0;
        long syncedSequence = 0;
        for (Path log : logs(database)) {
            WalScanner scan = scan(log, nextSequence);
            if (scan.isDamaged()) {
                throw new StoreCorruptException("the store is damaged: log file " + log
                        + " has a broken record at byte " + scan.end() + " that is not a torn end");
            }
            if (!scan.isEmpty()) {
                scans.add(scan);
                nextSequence = scan.nextSequence();
                syncedSequence = Math.max(syncedSequence, scan.syncedSequence());
            }
        }
        return findGap(scans, syncedSequence);
    }

    private static Optional<WalGap> findGap(List<WalScanner> scans, long syncedSequence) {
        for (int i = 0; i + 1 < scans.size(); i++) {
            long nextSequence = scans.get(i).nextSequence();
            if (scans.get(i + 1).firstSequence() > nextSequence && syncedSequence >= nextSequence) {
                return Optional.of(new WalGap(scans.get(i).log(), syncedSequence));
            }
        }
        return Optional.empty();
    }

    private static WalScanner scan(Path log, long nextSequence) {
        try {
            return WalScanner.scan(log, nextSequence);
        } catch (IOException failure) {
            throw new StoreException("file " + log + " cannot be read: " + FileFailure.reason(failure), failure);
        }
    }

    private static List<Path> logs(Path database) {
        List<Path> logs = new ArrayList<>();
        if (Files.isDirectory(database)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(database, "[0-9]*.log")) {
                files.forEach(logs::add);
            } catch (IOException failure) {
                throw new StoreException(
                        "directory " + database + " cannot be read: " + FileFailure.reason(failure), failure);
            }
        }
        logs.sort(Comparator.comparingLong(WalScanner::numberOf));
        return logs;
    }
}
