package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file CURRENT, which has no checksum: one flipped bit in it makes RocksDB miss another file than the damaged one. */
final class ManifestPointer {
    private ManifestPointer() {}

    /** Throws if the file names a manifest that is not there. */
    static void refuseIfDangling(Path database) {
        Path current = database.resolve("CURRENT");
        if (!Files.exists(current)) {
            return;
        }
        String named;
        try {
            named = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException failure) {
            throw new StoreException("file " + current + " cannot be read: " + failure, failure);
        }
        if (named.matches("MANIFEST-\\d+") && !Files.exists(database.resolve(named))) {
            throw new StoreCorruptException(
                    "the store is damaged: file " + current + " names " + named + ", which is missing");
        }
    }
}
