package dev.sluice.store;

/** Records the writes of a store. Called on the writer thread: it must not block. */
@FunctionalInterface
public interface CommitMeter {
    /** Discards everything. */
    CommitMeter NONE = (batches, nanos) -> {};

    /**
     * Called after each write, successful or not.
     *
     * @param batches number of batches that were written together, at least 1
     * @param nanos duration of the write, including the sync if there was one
     */
    void wrote(int batches, long nanos);
}
