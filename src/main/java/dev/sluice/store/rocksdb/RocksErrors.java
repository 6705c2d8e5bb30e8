package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says in our words what RocksDB says in its own. */
final class RocksErrors {
    private RocksErrors() {}

    /** The failure of doing something, such as "write". */
    static StoreException of(String what, RocksDBException failure) {
        return isCorruption(failure)
                ? new StoreCorruptException("the store is damaged: " + failure.getMessage(), failure)
                : new StoreException("the store cannot " + what + ": " + failure.getMessage(), failure);
    }

    static boolean isCorruption(RocksDBException failure) {
        Status status = failure.getStatus();
        return status != null && status.getCode() == Status.Code.Corruption;
    }
}
