package dev.sluice.store.rocksdb;

import dev.sluice.store.FileFailure;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checks RocksDB's file CURRENT, which has no checksum. With a flipped bit in it, RocksDB would report that some other
 * file is missing.
 */
final class ManifestPointer {
    private ManifestPointer() {}

    /** Throws a {@link StoreCorruptException} if the file names a manifest that does not exist. */
    static void refuseIfDangling(Path database) {
        Path current = database.resolve("CURRENT");
        if (!Files.exists(current)) {
            return;
        }
        String named;
        try {
            named = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException failure) {
            throw new StoreException("file " + current + " cannot be read: " + FileFailure.reason(failure), failure);
        }
        if (named.matches("MANIFEST-\\d+") && !Files.exists(database.resolve(named))) {
            throw new StoreCorruptException(
                    "the store is damaged: file " + current + " names " + named + ", which is missing");
        }
    }
}
