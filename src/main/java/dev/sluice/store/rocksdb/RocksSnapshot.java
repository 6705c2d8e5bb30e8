package dev.sluice.store.rocksdb;

import dev.sluice.store.ColumnFamily;
import dev.sluice.store.StoreSnapshot;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** The database as one read sees it. Created, used and closed by one reader thread. */
final class RocksSnapshot implements StoreSnapshot, AutoCloseable {
    private final RocksDB database;
    private final List<ColumnFamilyHandle> families;
    private final Snapshot snapshot;
    private final ReadOptions pointOptions;

    /** Takes a snapshot that stays consistent over several reads; a single scan is consistent by itself. */
    RocksSnapshot(RocksDB database, List<ColumnFamilyHandle> families) {
        this.database = database;
        this.families = families;
        this.snapshot = database.getSnapshot();
        this.pointOptions = new ReadOptions().setSnapshot(snapshot);
    }

    @Override
    public void scan(ColumnFamily family, byte[] fromKey, byte[] toKey, RowVisitor visitor) {
        try (Slice end = new Slice(toKey);
                ReadOptions options = new ReadOptions()
                        .setSnapshot(snapshot)
                        .setTotalOrderSeek(true)
                        .setIterateUpperBound(end);
                RocksIterator rows = database.newIterator(handle(family), options)) {
            rows.seek(fromKey);
            while (rows.isValid() && visitor.row(rows.key(), rows.value())) {
                rows.next();
            }
            rows.status();
        } catch (RocksDBException failure) {
            throw RocksErrors.of("read", failure);
        }
    }

    @Override
    public byte @Nullable [] getStart(ColumnFamily family, byte[] key, int bytesMin) {
        try {
            if (bytesMin == Integer.MAX_VALUE) {
                return database.get(handle(family), pointOptions, key);
            }
            byte[] start = new byte[bytesMin];
            int valueBytes = database.get(handle(family), pointOptions, key, start);
            if (valueBytes == RocksDB.NOT_FOUND) {
                return null;
            }
            return valueBytes < bytesMin ? Arrays.copyOf(start, valueBytes) : start;
        } catch (RocksDBException failure) {
            throw RocksErrors.of("read", failure);
        }
    }

    @Override
    public List<byte @Nullable []> getAll(ColumnFamily family, List<byte[]> keys) {
        try {
            return keys.isEmpty()
                    ? List.of()
                    : database.multiGetAsList(pointOptions, Collections.nCopies(keys.size(), handle(family)), keys);
        } catch (RocksDBException failure) {
            throw RocksErrors.of("read", failure);
        }
    }

    @Override
    public void close() {
        pointOptions.close();
        database.releaseSnapshot(snapshot);
        snapshot.close();
    }

    private ColumnFamilyHandle handle(ColumnFamily family) {
        return families.get(family.id());
    }
}
