package dev.sluice.store;

import dev.sluice.queue.QueueHead;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heads that a batch or a group of batches writes: the latest one per queue, or null if the queue was deleted. They
 * are kept apart from the other records because a busy queue changes its head with every batch and only the last head
 * of a group has to be written.
 */
public final class HeadChanges {
    /** Upper bound for one serialized head with its key. */
    public static final int BYTES_EACH = 80;

    private final Map<Long, @Nullable QueueHead> heads = new LinkedHashMap<>(4);

    void set(long queueNumber, QueueHead head) {
        heads.put(queueNumber, head);
    }

    void delete(long queueNumber) {
        heads.put(queueNumber, null);
    }

    /** Adds later heads; they replace those of the same queue. */
    public void addAll(HeadChanges later) {
        heads.putAll(later.heads);
    }

    /** The number of queues. */
    public int size() {
        return heads.size();
    }

    /** Passes the heads to a visitor as puts and deletes. */
    public void writeTo(BatchVisitor records) {
        for (Map.Entry<Long, @Nullable QueueHead> entry : heads.entrySet()) {
            byte[] key = KeyFormat.queueKey(KeyFormat.SPACE_HEAD, entry.getKey());
            if (entry.getValue() == null) {
                records.delete(ColumnFamily.INDEX, key);
            } else {
                records.put(ColumnFamily.INDEX, key, RecordFormat.head(entry.getValue()));
            }
        }
    }
}
