package dev.sluice.store.memory;

import dev.sluice.store.BatchVisitor;
import dev.sluice.store.ColumnFamily;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of a {@link MemoryStore}. Guarded by its own monitor, which callers hold for a whole batch or read, so
 * that batches are atomic and reads are consistent.
 */
final class MemoryTable implements StoreSnapshot {
    private final NavigableMap<byte[], byte[]> index = new TreeMap<>(Arrays::compareUnsigned);
    private final NavigableMap<byte[], byte[]> messages = new TreeMap<>(Arrays::compareUnsigned);
    private final BatchVisitor applier = new Applier();

    void apply(StoreBatch batch) {
        batch.forEach(applier);
    }

    @Override
    public void scan(ColumnFamily family, byte[] fromKey, byte[] toKey, RowVisitor visitor) {
        for (Map.Entry<byte[], byte[]> row :
                records(family).subMap(fromKey, true, toKey, false).entrySet()) {
            if (!visitor.row(row.getKey(), row.getValue())) {
                return;
            }
        }
    }

    @Override
    public byte @Nullable [] getStart(ColumnFamily family, byte[] key, int bytesMin) {
        return records(family).get(key);
    }

    @Override
    public List<byte @Nullable []> getAll(ColumnFamily family, List<byte[]> keys) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            values.add(records(family).get(key));
        }
        return values;
    }

    private NavigableMap<byte[], byte[]> records(ColumnFamily family) {
        return family == ColumnFamily.INDEX ? index : messages;
    }

    /** Applies the changes of a batch. */
    private final class Applier implements BatchVisitor {
        @Override
        public void put(ColumnFamily family, byte[] key, byte[] value) {
            records(family).put(key, value);
        }

        @Override
        public void delete(ColumnFamily family, byte[] key) {
            records(family).remove(key);
        }

        @Override
        public void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey) {
            records(family).subMap(fromKey, true, toKey, false).clear();
        }
    }
}
