package dev.sluice.runtime;

import dev.sluice.store.BatchVisitor;
import dev.sluice.store.Family;
import dev.sluice.store.OrderedView;
import dev.sluice.store.StoreBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The records of a {@link SimulatedStore} at one moment. */
final class SimulatedRecords implements OrderedView {
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
            public void put(Family family, byte[] key, byte[] value) {
                records(family).put(key, value);
            }

            @Override
            public void delete(Family family, byte[] key) {
                records(family).remove(key);
            }

            @Override
            public void deleteRange(Family family, byte[] fromKey, byte[] toKey) {
                records(family).subMap(fromKey, true, toKey, false).clear();
            }
        });
    }

    /** Records of messages, all queues together. */
    int messageCount() {
        return messages.size();
    }

    @Override
    public void scan(Family family, byte[] fromKey, byte[] toKey, RowVisitor visitor) {
        for (Map.Entry<byte[], byte[]> row :
                records(family).subMap(fromKey, true, toKey, false).entrySet()) {
            if (!visitor.row(row.getKey(), row.getValue())) {
                return;
            }
        }
    }

    @Override
    public byte[] getStart(Family family, byte[] key, int bytesMin) {
        return records(family).get(key);
    }

    @Override
    public List<byte[]> getAll(Family family, List<byte[]> keys) {
        List<byte[]> values = new ArrayList<>(keys.size());
        keys.forEach(key -> values.add(records(family).get(key)));
        return values;
    }

    private NavigableMap<byte[], byte[]> records(Family family) {
        return family == Family.INDEX ? index : messages;
    }
}
