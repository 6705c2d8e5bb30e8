package dev.sluice.store.rocksdb;

import dev.sluice.store.FileFailure;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Creates another data directory with the same content. The marker file is written last: an incomplete copy is not a
 * data directory, and a server refuses it.
 */
final class CheckpointWriter {
    private CheckpointWriter() {}

    /**
     * Creates the copy. Blocks.
     *
     * @param source the data directory to copy
     * @param directory must not exist, and must not be inside the source, also not through a symbolic link
     * @param checkpoint writes the database to the path that it receives
     */
    static void create(Path source, Path directory, Consumer<Path> checkpoint) {
        NativePaths.require(directory);
        try {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new StoreException("directory " + directory + " cannot be made: there is no directory " + parent);
            }
            if (isInside(source, directory)) {
                throw new StoreException("directory " + directory + " would be inside the data directory " + source);
            }
            DurableDirectories.createNew(directory);
        } catch (FileAlreadyExistsException exists) {
            throw new StoreException("directory " + directory + " exists already", exists);
        } catch (IOException failure) {
            throw new StoreException(
                    "directory " + directory + " cannot be made: " + FileFailure.reason(failure), failure);
        }
        Path database = directory.resolve(DataDirectory.DATABASE);
        checkpoint.accept(database);
        OwnerOnly.restrictTree(database);
        try {
            DurableDirectories.sync(database);
            DataDirectory.markComplete(directory, RocksDatabase.FORMAT);
            DurableDirectories.syncParent(directory);
        } catch (IOException failure) {
            throw new StoreException(
                    "the copy in " + directory + " cannot be finished: " + FileFailure.reason(failure), failure);
        }
    }

    /** The new directory does not exist yet, but its parent does, so all links in the path can be resolved. */
    private static boolean isInside(Path source, Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        return parent != null && parent.toRealPath().startsWith(source.toRealPath());
    }
}
