package dev.sluice.store.rocksdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

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
        List<Path> parents = new ArrayList<>();
        for (Path parent = path.toAbsolutePath().getParent(); parent != null; parent = parent.getParent()) {
            parents.add(parent);
            if (Files.isDirectory(parent)) {
                break;
            }
        }
        Files.createDirectories(path, OwnerOnly.directory(path));
        for (Path parent : parents) {
            sync(parent);
        }
    }

    /** Syncs the entry of a directory in its parent. */
    static void syncParent(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
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
