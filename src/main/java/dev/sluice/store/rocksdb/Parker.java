package dev.sluice.store.rocksdb;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Where one thread rests while it has nothing to do. Waking it takes no system call while it is awake. */
final class Parker {
    /** Set by the thread before it parks, cleared by whoever wakes it. */
    private volatile Thread parked;

    /**
     * Rests until somebody calls {@link #wake}, or not at all if there is something to do. May return early, so callers look again.
     *
     * @param nothingToDo reads what is written before {@link #wake} is called
     */
    void awaitWork(BooleanSupplier nothingToDo) {
        parked = Thread.currentThread();
        if (nothingToDo.getAsBoolean()) {
            LockSupport.park(this);
        }
        parked = null;
    }

    /** Called after there is something to do. */
    void wake() {
        Thread sleeper = parked;
        if (sleeper != null) {
            parked = null;
            LockSupport.unpark(sleeper);
        }
    }
}
