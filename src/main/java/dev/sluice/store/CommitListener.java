package dev.sluice.store;

/** Told once how the commit of its batch ended. Called on a thread of the store: hand over and return at once. */
@FunctionalInterface
public interface CommitListener {
    /**
     * The commit ended.
     *
     * @param failure null if the batch is stored (and synced, if it asked for that)
     */
    void committed(StoreException failure);
}
