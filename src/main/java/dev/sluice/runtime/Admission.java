package dev.sluice.runtime;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.store.QueueStore;

/**
 * Whether pushes are let in: the bus has no back-pressure of its own, so what waits for the store is bounded here, and so is
 * the free space that a push may rest on. A store that failed takes none. Safe for use from several threads.
 */
public final class Admission {
    private final QueueStore store;
    private final RuntimeOptions options;
    private volatile boolean spaceLow;

    public Admission(QueueStore store, RuntimeOptions options) {
        this.store = store;
        this.options = options;
        this.spaceLow = bytesAboveMin() < 0;
    }

    /**
     * Looks at the disk, and if space is low, has the store give back that of deleted messages. To be called now and then, by one
     * thread at a time and never an event loop: it may block for long.
     *
     * @return the free bytes above those that pushes must leave; below zero if pushes are refused
     */
    long measureSpace() {
        long above = bytesAboveMin();
        spaceLow = above < 0;
        if (spaceLow) {
            store.reclaimSpace();
            above = bytesAboveMin();
            spaceLow = above < 0;
        }
        return above;
    }

    private long bytesAboveMin() {
        return store.freeBytes() - options.freeBytesMin();
    }

    /** Why no push can be taken now, or null. */
    public QueueException refusalOfPush() {
        if (store.failure().isPresent()) {
            return new QueueException(QueueError.UNAVAILABLE, "The server cannot store messages at the moment.");
        }
        if (spaceLow) {
            return new QueueException(
                    QueueError.STORAGE_LIMIT,
                    "The server's disk is nearly full. Pull and acknowledge messages, or purge.");
        }
        if (store.bytesWaiting() > options.commitBytesMax()) {
            return new QueueException(QueueError.OVERLOADED);
        }
        return null;
    }
}
