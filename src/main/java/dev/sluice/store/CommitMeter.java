package dev.sluice.store;

/** Counts the writes of a store. Called on the thread that writes: add and return. */
@FunctionalInterface
public interface CommitMeter {
    /** Counts nothing. */
    CommitMeter NONE = (batches, nanos) -> {};

    /**
     * A write has ended, well or not.
     *
     * @param batches that were written together, 1 or more
     * @param nanos it took, with the sync if there was one
     */
    void wrote(int batches, long nanos);
}
