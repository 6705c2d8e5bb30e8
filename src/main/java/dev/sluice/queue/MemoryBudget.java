package dev.sluice.queue;

/**
 * The bytes that all queues of a process may hold in windows and cached bodies together. A queue that gets nothing still
 * works, it reads more. Implementations are safe for use from several threads.
 */
public interface MemoryBudget {
    /** Everything is granted; for tests. */
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

    /** Takes that many bytes from the budget, or answers false and takes nothing. */
    boolean tryReserve(long bytes);

    /**
     * Takes that many bytes even if they are not there, for what a queue cannot work without. Until as many were given back nothing
     * else is granted.
     */
    void reserve(long bytes);

    /** Gives bytes back. */
    void release(long bytes);
}
