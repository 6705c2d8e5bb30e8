package dev.sluice.api.http;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections are open, over all event loops, and how many may be. Safe for use from several threads. */
public final class ConnectionLimit {
    private final AtomicInteger open = new AtomicInteger();
    private final int max;
    private final int pendingMax;

    /**
     * At most that many.
     *
     * @param max open connections
     * @param pendingMax further connections with TLS that cannot send requests yet
     */
    public ConnectionLimit(int max, int pendingMax) {
        this.max = max;
        this.pendingMax = pendingMax;
    }

    /** How many more may be in their handshake. */
    public int pendingMax() {
        return pendingMax;
    }

    /** Counts one more; answers false, and counts nothing, if there are as many as there may be. */
    public boolean tryOpen() {
        if (open.incrementAndGet() <= max) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    /** Counts one more in any case, because another one is about to be closed for it. */
    public void openInPlaceOfAnother() {
        open.incrementAndGet();
    }

    /** One less. */
    public void closed() {
        open.decrementAndGet();
    }

    /** Open connections. */
    public int open() {
        return open.get();
    }
}
