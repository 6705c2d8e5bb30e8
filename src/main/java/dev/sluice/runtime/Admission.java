package dev.sluice.runtime;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.store.QueueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether pushes are accepted. The event bus has no back-pressure, so the bytes waiting for the store are
 * limited here, and the free disk space is checked. A failed store accepts no pushes. Safe for use from several
 * threads.
 */
public final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final QueueStore store;
    private final RuntimeOptions options;
    private volatile boolean spaceLow;
    /** Whether the last line in the log said that space is low. Only the thread that measures uses it. */
    private boolean lowWasLogged;

    public Admission(QueueStore store, RuntimeOptions options) {
        this.store = store;
        this.options = options;
        this.spaceLow = bytesAboveMin() < 0;
    }

    /**
     * Measures the disk space. If it is low, makes the store reclaim the space of deleted messages. Call regularly,
     * from one thread at a time and never from an event loop: it may block for long.
     *
     * @return the free bytes above the minimum for pushes; negative if pushes are refused
     */
    long measureSpace() {
        long above = bytesAboveMin();
        spaceLow = above < 0;
        if (spaceLow) {
            store.reclaimSpace();
            above = bytesAboveMin();
            spaceLow = above < 0;
        }
        logChange(above);
        return above;
    }

    private void logChange(long bytesAboveMin) {
        boolean low = bytesAboveMin < 0;
        if (low != lowWasLogged) {
            lowWasLogged = low;
            if (low) {
                LOG.warn(
                        "The disk is nearly full: pushes are refused until there are {} more bytes free",
                        -bytesAboveMin);
            } else {
                LOG.info("There is enough free disk space again: pushes are accepted");
            }
        }
    }

    private long bytesAboveMin() {
        return store.freeBytes() - options.freeBytesMin();
    }

    /** The error with which pushes into a queue are refused now, or null. */
    public @Nullable QueueException refusalOfPush(long queueNumber) {
        if (store.failure(queueNumber).isPresent()) {
            return new QueueException(QueueError.UNAVAILABLE, "The server cannot store messages at the moment.");
        }
        if (spaceLow) {
            return new QueueException(
                    QueueError.STORAGE_LIMIT,
                    "The server's disk is nearly full. Pull and acknowledge messages, or purge.");
        }
        if (store.bytesWaiting(queueNumber) > options.commitBytesMax()) {
            return new QueueException(QueueError.OVERLOADED);
        }
        return null;
    }
}
