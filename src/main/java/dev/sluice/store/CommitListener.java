package dev.sluice.store;

import org.jspecify.annotations.Nullable;

/**
 * Receives the result of a commit, exactly once. Called on a thread of the store: it must hand over to its own thread
 * and return at once.
 */
@FunctionalInterface
public interface CommitListener {
    /**
     * Called when the commit has completed or failed.
     *
     * @param failure null if the batch is stored, and synced if it is durable
     */
    void committed(@Nullable StoreException failure);
}
