package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Makes another data directory with the same content. The marker comes last: what was cut short is no data directory, and a server
 * refuses it.
 */
final class CheckpointWriter {
    private CheckpointWriter() {}

    /**
     * Makes the copy. Blocks.
     *
     * @param source the data directory that is copied
     * @param directory must not exist, and must not be inside the source, also not by a symbolic link
     * @param checkpoint writes the database to where it is told
     */
    static void make(Path source, Path directory, Consumer<Path> checkpoint) {
        NativePaths.require(directory);
        try {
            if (isInside(source, directory)) {
                throw new StoreException("directory " + directory + " would be inside the data directory " + source);
            }
            DurableDirectories.createNew(directory);
        } catch (FileAlreadyExistsException taken) {
            throw new StoreException("directory " + directory + " exists already", taken);
        } catch (IOException failure) {
            throw new StoreException("directory " + directory + " cannot be made: " + failure, failure);
        }
        Path database = directory.resolve(DataDirectory.DATABASE);
        checkpoint.accept(database);
        OwnerOnly.closeTree(database);
        try {
            DurableDirectories.sync(database);
            DataDirectory.mark(directory, RocksDatabase.FORMAT);
            DurableDirectories.sync(directory.toAbsolutePath().getParent());
        } catch (IOException failure) {
            throw new StoreException("the copy in " + directory + " cannot be finished: " + failure, failure);
        }
    }

    /** The directory that is to be made has a parent already, so that every link on the way can be followed. */
    private static boolean isInside(Path source, Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        return parent != null && parent.toRealPath().startsWith(source.toRealPath());
    }
}
