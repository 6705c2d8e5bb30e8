package dev.sluice.store.rocksdb;

import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Creates stores on disk, in a temporary directory. */
final class RocksDbFixture implements StoreFixture {
    private Path directory;
    private Path current;
    private int crashes;

    @Override
    public QueueStore open() throws IOException {
        directory = Files.createTempDirectory("sluice-store");
        current = directory.resolve("data");
        return RocksDbStore.open(current, Durability.FSYNC);
    }

    @Override
    public QueueStore reopen(QueueStore store) {
        store.close();
        return RocksDbStore.open(current, Durability.FSYNC);
    }

    /** Copies the files while the store is open, as they would be found if the process were killed now. */
    @Override
    public QueueStore crash(QueueStore store) throws IOException {
        Path image = directory.resolve("image" + crashes++);
        DiskImage.copy(current, image);
        store.close();
        current = image;
        return RocksDbStore.open(current, Durability.FSYNC);
    }

    @Override
    public void clear() throws IOException {
        DiskImage.delete(directory);
    }
}
