package dev.sluice.store.rocksdb.wal;

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

/**
 * Looks into RocksDB's write-ahead logs before RocksDB does. Their files are used again and again, so a log ends where its intact writes
 * end; RocksDB takes the first record that is not intact for that, whatever stands behind, and drops later logs if they do not continue
 * there. This finds out whether anything synced would be lost that way, by what later writes say ({@link WalSyncMark}).
 */
public final class WalVerifier {
    /**
     * The logs do not continue each other. That is so when logs between them are done with and deleted, or when one is damaged:
     * RocksDB knows, once it is open.
     *
     * @param log the one that ends too early, if it is still needed
     * @param syncedSequence what the database must have
     */
    public record WalGap(Path log, long syncedSequence) {
        /** The log is damaged. */
        public StoreCorruptException confirmed(Exception cause) {
            return new StoreCorruptException(
                    "the store is damaged: log file " + log + " ends before what was synced", cause);
        }
    }

    private WalVerifier() {}

    /**
     * Reads all logs of a database. Blocks.
     *
     * @throws StoreCorruptException if a log has lost something that was synced
     */
    public static Optional<WalGap> run(Path database) {
        List<WalScanner> walks = new ArrayList<>();
        long nextSequence = 0;
        long syncedSequence = 0;
        for (Path log : logs(database)) {
            WalScanner walk = walk(log, nextSequence);
            if (walk.isDamaged()) {
                throw new StoreCorruptException("the store is damaged: log file " + log
                        + " has a broken record at byte " + walk.end() + " that is not a torn end");
            }
            if (!walk.isEmpty()) {
                walks.add(walk);
                nextSequence = walk.nextSequence();
                syncedSequence = Math.max(syncedSequence, walk.syncedSequence());
            }
        }
        return doubt(walks, syncedSequence);
    }

    private static Optional<WalGap> doubt(List<WalScanner> walks, long syncedSequence) {
        for (int i = 0; i + 1 < walks.size(); i++) {
            long nextSequence = walks.get(i).nextSequence();
            if (walks.get(i + 1).firstSequence() > nextSequence && syncedSequence >= nextSequence) {
                return Optional.of(new WalGap(walks.get(i).log(), syncedSequence));
            }
        }
        return Optional.empty();
    }

    private static WalScanner walk(Path log, long nextSequence) {
        try {
            return WalScanner.through(log, nextSequence);
        } catch (IOException failure) {
            throw new StoreException("file " + log + " cannot be read: " + failure, failure);
        }
    }

    private static List<Path> logs(Path database) {
        List<Path> logs = new ArrayList<>();
        if (Files.isDirectory(database)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(database, "[0-9]*.log")) {
                files.forEach(logs::add);
            } catch (IOException failure) {
                throw new StoreException("directory " + database + " cannot be read: " + failure, failure);
            }
        }
        logs.sort(Comparator.comparingLong(WalScanner::numberOf));
        return logs;
    }
}
