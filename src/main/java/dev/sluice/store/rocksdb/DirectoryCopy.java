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
final class DirectoryCopy {
    private DirectoryCopy() {}

    /**
     * Makes the copy. Blocks.
     *
     * @param directory must not exist
     * @param checkpoint writes the database to where it is told
     */
    static void make(Path directory, Consumer<Path> checkpoint) {
        NativePaths.require(directory);
        try {
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
}
