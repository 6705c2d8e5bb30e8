package dev.sluice.api.http;

import dev.sluice.queue.MemoryBudget;

/**
 * The share of one event loop in the memory for request bodies. It reserves from the budget of the process in slabs of
 * 64 KiB, so that most requests do not touch a counter that several threads write to. Owned by one event loop.
 */
public final class BodyBudget {
    private static final int SLAB_BYTES = 64 * 1024;

    private final MemoryBudget process;
    private long spareBytes;

    public BodyBudget(MemoryBudget process) {
        this.process = process;
    }

    /** Reserves that many bytes. Returns false, and reserves nothing, if there is no room. */
    public boolean tryReserve(int bytes) {
        long missing = bytes - spareBytes;
        if (missing <= 0) {
            spareBytes -= bytes;
            return true;
        }
        if (process.tryReserve(missing + SLAB_BYTES)) {
            spareBytes = SLAB_BYTES;
            return true;
        }
        if (process.tryReserve(missing)) {
            spareBytes = 0;
            return true;
        }
        return false;
    }

    /** Releases reserved bytes. */
    public void release(long bytes) {
        spareBytes += bytes;
        if (spareBytes > 2 * SLAB_BYTES) {
            process.release(spareBytes - SLAB_BYTES);
            spareBytes = SLAB_BYTES;
        }
    }
}
