package dev.sluice.store.rocksdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Directories for their owner only, and names in directories that outlast a power loss: a synced file in a lost directory is lost. */
final class DurableDirectories {
    private DurableDirectories() {}

    /** Makes a directory that was not there. */
    static void createNew(Path path) throws IOException {
        Files.createDirectory(path, OwnerOnly.directory(path));
    }

    /** Makes a directory and those above it that are missing, and makes their names durable. */
    static void create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Path known = path.toAbsolutePath().getParent();
        while (!Files.isDirectory(known)) {
            known = known.getParent();
        }
        Files.createDirectories(path, OwnerOnly.directory(path));
        for (Path above = path.toAbsolutePath(); !above.equals(known); ) {
            above = above.getParent();
            sync(above);
        }
    }

    /** Makes the names in a directory durable. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
