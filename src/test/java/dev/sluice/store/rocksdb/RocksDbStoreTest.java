package dev.sluice.store.rocksdb;

import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.QueueStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RocksDbStoreTest extends QueueStoreContract {
    @TempDir
    Path directory;

    private Path current;
    private int crashes;

    @Override
    protected QueueStore open() {
        current = directory.resolve("data");
        return RocksDbStore.open(current, Durability.FSYNC);
    }

    @Override
    protected QueueStore reopen(QueueStore store) {
        store.close();
        return RocksDbStore.open(current, Durability.FSYNC);
    }

    /** Copies the files while the store is open, as they would be found if the process were killed now. */
    @Override
    protected QueueStore crash(QueueStore store) throws Exception {
        Path image = directory.resolve("image" + crashes++);
        DiskImage.copy(current, image);
        store.close();
        current = image;
        return RocksDbStore.open(current, Durability.FSYNC);
    }
}
