package dev.sluice.store.rocksdb;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Parks one thread while it has no work. Waking a thread that is running takes no system call. */
final class Parker {
    /** Set by the waiting thread before it parks, cleared by the thread that wakes it. */
    private volatile @Nullable Thread parked;

    /**
     * Parks the calling thread until {@link #wake} is called, unless there is work. May return early, so callers check
     * again.
     *
     * @param isIdle reads state that is written before {@link #wake} is called
     */
    void awaitWork(BooleanSupplier isIdle) {
        parked = Thread.currentThread();
        if (isIdle.getAsBoolean()) {
            LockSupport.park(this);
        }
        parked = null;
    }

    /** Wakes the parked thread. Call it after the new work is visible. */
    void wake() {
        Thread thread = parked;
        if (thread != null) {
            parked = null;
            LockSupport.unpark(thread);
        }
    }
}
