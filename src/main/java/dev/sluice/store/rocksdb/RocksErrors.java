package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Maps exceptions of RocksDB to those of the store. */
final class RocksErrors {
    private RocksErrors() {}

    /** Returns the exception for a failed operation, such as "write". */
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
