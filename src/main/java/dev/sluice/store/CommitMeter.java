package dev.sluice.store;

import dev.sluice.queue.TraceContext;
import java.util.List;

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

    /**
     * Called after {@link #wrote} if a batch belongs to requests that are traced.
     *
     * @param pushes spans of those requests; of many only the first
     * @param batches number of batches that were written together
     * @param nanos duration of the write
     */
    default void traced(List<TraceContext> pushes, int batches, long nanos, boolean stored) {
        // Not every meter traces.
    }
}
