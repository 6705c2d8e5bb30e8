package dev.sluice.api.http;

import java.util.concurrent.atomic.AtomicInteger;

/** The number of open connections over all event loops, and its limit. Safe for use from several threads. */
public final class ConnectionLimit {
    private final AtomicInteger open = new AtomicInteger();
    private final int max;

    /**
     * A limit without open connections.
     *
     * @param max open connections
     */
    public ConnectionLimit(int max) {
        this.max = max;
    }

    /** Counts a new connection. Returns false, and does not count it, at the limit. */
    public boolean tryOpen() {
        if (open.incrementAndGet() <= max) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    /** Counts a new connection even at the limit, because another one is about to be closed for it. */
    public void openInPlaceOfAnother() {
        open.incrementAndGet();
    }

    /** Counts a closed connection. */
    public void closed() {
        open.decrementAndGet();
    }

    public int open() {
        return open.get();
    }
}
