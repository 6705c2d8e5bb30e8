package dev.sluice.api.http;

import dev.sluice.queue.MemoryBudget;

/**
 * What one event loop holds of the memory for request bodies. It takes from the budget of the process by the slab, so that most
 * requests touch no counter that other event loops write to. Owned by one event loop.
 */
public final class BodyBudget {
    private static final int SLAB_BYTES = 64 * 1024;

    private final MemoryBudget process;
    private long spareBytes;

    public BodyBudget(MemoryBudget process) {
        this.process = process;
    }

    /** Takes that many bytes, or answers false and takes nothing. */
    public boolean tryHold(int bytes) {
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

    /** Gives bytes back. */
    public void release(long bytes) {
        spareBytes += bytes;
        if (spareBytes > 2 * SLAB_BYTES) {
            process.release(spareBytes - SLAB_BYTES);
            spareBytes = SLAB_BYTES;
        }
    }
}
