package dev.sluice.runtime;

import dev.sluice.queue.MemoryBudget;

/** A memory budget that counts the bytes in use. */
public final class SimulatedBudget implements MemoryBudget {
    private final long bytesMax;
    private long bytes;

    public SimulatedBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public boolean tryReserve(long wanted) {
        if (bytes + wanted > bytesMax) {
            return false;
        }
        bytes += wanted;
        return true;
    }

    @Override
    public void reserve(long wanted) {
        bytes += wanted;
    }

    @Override
    public void release(long given) {
        bytes -= given;
        Auditor.check(bytes >= 0, "more memory was given back than taken");
    }

    /** Bytes reserved and not released. */
    public long bytes() {
        return bytes;
    }
}
