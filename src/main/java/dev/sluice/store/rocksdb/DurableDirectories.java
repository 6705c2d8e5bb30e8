package dev.sluice.store.rocksdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Creates directories for their owner only and syncs directory entries. Without the sync of the directory, a power loss
 * can remove a file that was synced itself.
 */
final class DurableDirectories {
    private DurableDirectories() {}

    /** Creates a directory that does not exist. */
    static void createNew(Path path) throws IOException {
        Files.createDirectory(path, OwnerOnly.directory(path));
    }

    /** Creates a directory with its missing parents and syncs their directory entries. */
    static void create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Path existing = path.toAbsolutePath().getParent();
        while (!Files.isDirectory(existing)) {
            existing = existing.getParent();
        }
        Files.createDirectories(path, OwnerOnly.directory(path));
        for (Path parent = path.toAbsolutePath(); !parent.equals(existing); ) {
            parent = parent.getParent();
            sync(parent);
        }
    }

    /** Syncs the entries of a directory. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
