package dev.sluice.store.memory;

import dev.sluice.store.BatchVisitor;
import dev.sluice.store.ColumnFamily;
import dev.sluice.store.KeyFormat;
import dev.sluice.store.RecordBytes;
import dev.sluice.store.RecordSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The changes of a batch for a {@link MemoryStore}: a list, applied in order. */
final class MemoryRecords implements RecordSink {
    private final List<Consumer<BatchVisitor>> changes = new ArrayList<>();
    private int length;

    @Override
    public RecordBytes putSeqKey(ColumnFamily family, byte space, long queueNumber, long seq, int valueBytes) {
        return put(family, KeyFormat.seqKey(space, queueNumber, seq), valueBytes);
    }

    @Override
    public RecordBytes putTimeKey(byte space, long queueNumber, long timeMillis, long seq, int valueBytes) {
        return put(ColumnFamily.INDEX, KeyFormat.timeKey(space, queueNumber, timeMillis, seq), valueBytes);
    }

    private RecordBytes put(ColumnFamily family, byte[] key, int valueBytes) {
        // A varint needs room for its largest size while it is written.
        RecordBytes value = new RecordBytes(valueBytes + RecordBytes.VARINT_BYTES_MAX);
        add(key.length + valueBytes, visitor -> visitor.put(family, key, value.toByteArray()));
        return value;
    }

    @Override
    public void put(ColumnFamily family, byte[] key, byte[] value) {
        add(key.length + value.length, visitor -> visitor.put(family, key, value));
    }

    @Override
    public void delete(ColumnFamily family, byte[] key) {
        add(key.length, visitor -> visitor.delete(family, key));
    }

    @Override
    public void deleteSeqKey(ColumnFamily family, byte space, long queueNumber, long seq) {
        delete(family, KeyFormat.seqKey(space, queueNumber, seq));
    }

    @Override
    public void deleteTimeKey(byte space, long queueNumber, long timeMillis, long seq) {
        delete(ColumnFamily.INDEX, KeyFormat.timeKey(space, queueNumber, timeMillis, seq));
    }

    @Override
    public void deleteForGood(ColumnFamily family, byte space, long queueNumber, long seq) {
        deleteSeqKey(family, space, queueNumber, seq);
    }

    @Override
    public void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey) {
        add(fromKey.length + toKey.length, visitor -> visitor.deleteRange(family, fromKey, toKey));
    }

    @Override
    public void visit(BatchVisitor visitor) {
        changes.forEach(change -> change.accept(visitor));
    }

    @Override
    public int count() {
        return changes.size();
    }

    @Override
    public int length() {
        return length;
    }

    private void add(int bytes, Consumer<BatchVisitor> change) {
        length += bytes;
        changes.add(change);
    }
}
