package dev.sluice.runtime;

import dev.sluice.queue.MemoryBudget;
import java.util.concurrent.atomic.AtomicLong;

/** The memory budget of the process, shared by all queues. Safe for use from several threads. */
public final class SharedMemoryBudget implements MemoryBudget {
    private final AtomicLong left;

    public SharedMemoryBudget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    @Override
    public boolean tryReserve(long bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    @Override
    public void reserve(long bytes) {
        left.addAndGet(-bytes);
    }

    @Override
    public void release(long bytes) {
        left.addAndGet(bytes);
    }
}
