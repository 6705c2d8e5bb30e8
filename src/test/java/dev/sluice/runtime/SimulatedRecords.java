package dev.sluice.runtime;

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

/** The records of a {@link SimulatedStore} at one moment. */
final class SimulatedRecords implements StoreSnapshot {
    private final NavigableMap<byte[], byte[]> index = new TreeMap<>(Arrays::compareUnsigned);
    private final NavigableMap<byte[], byte[]> messages = new TreeMap<>(Arrays::compareUnsigned);

    SimulatedRecords copy() {
        SimulatedRecords copy = new SimulatedRecords();
        copy.index.putAll(index);
        copy.messages.putAll(messages);
        return copy;
    }

    void apply(StoreBatch batch) {
        batch.forEach(new BatchVisitor() {
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
        });
    }

    /** The number of message records in all queues. */
    int messageCount() {
        return messages.size();
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
    public byte[] getStart(ColumnFamily family, byte[] key, int bytesMin) {
        return records(family).get(key);
    }

    @Override
    public List<byte[]> getAll(ColumnFamily family, List<byte[]> keys) {
        List<byte[]> values = new ArrayList<>(keys.size());
        keys.forEach(key -> values.add(records(family).get(key)));
        return values;
    }

    private NavigableMap<byte[], byte[]> records(ColumnFamily family) {
        return family == ColumnFamily.INDEX ? index : messages;
    }
}
