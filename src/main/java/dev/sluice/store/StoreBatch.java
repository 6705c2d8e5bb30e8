package dev.sluice.store;

import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;

/** Skeleton: a list of puts and deletes that becomes one atomic write. Not safe for use from several threads. */
public final class StoreBatch {
    /** Adds what an event of a queue changes on disk. */
    public void add(long queueNumber, QueueEvent event) {}

    /** Sets the head of a queue; the last call per queue wins. */
    public void head(long queueNumber, QueueHead head) {}

    /** Writes a catalog record. Makes the batch durable. */
    public void putCatalog(byte[] key, byte[] value) {}

    /** Deletes a catalog record. Makes the batch durable. */
    public void deleteCatalog(byte[] key) {}

    /** Deletes everything of a queue: messages, indexes, head. Makes the batch durable. */
    public void dropQueue(long queueNumber) {}

    /** Whether anything in here must be synced before it counts as stored. */
    public boolean durable() {
        return false;
    }

    /** Size of the batch in bytes. */
    public int bytes() {
        return 0;
    }

    /** Whether there is nothing to store. */
    public boolean isEmpty() {
        return true;
    }
}
