package dev.sluice.queue;

/**
 * The bytes that all queues of a process together may use for windows and cached bodies. A queue that gets nothing
 * still works, but reads more. Implementations are safe for use from several threads.
 */
public interface MemoryBudget {
    /** A budget without a limit, for tests. */
    MemoryBudget UNBOUNDED = new MemoryBudget() {
        @Override
        public boolean tryReserve(long bytes) {
            return true;
        }

        @Override
        public void reserve(long bytes) {}

        @Override
        public void release(long bytes) {}
    };

    /** Reserves that many bytes, or returns false and reserves nothing. */
    boolean tryReserve(long bytes);

    /**
     * Reserves that many bytes even beyond the limit, for what a queue cannot work without. Until as many are
     * released, {@link #tryReserve} grants nothing.
     */
    void reserve(long bytes);

    /** Releases reserved bytes. */
    void release(long bytes);
}
