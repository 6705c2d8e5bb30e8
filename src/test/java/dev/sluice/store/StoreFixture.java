package dev.sluice.store;

/** A kind of store, for the contract tests. */
public interface StoreFixture {
    /** An empty store. */
    QueueStore open() throws Exception;

    /** Closes the store and opens it again. */
    QueueStore reopen(QueueStore store) throws Exception;

    /** Closes the store and opens what a crash of the process at this moment would have left behind. */
    QueueStore crash(QueueStore store) throws Exception;

    /** Throws away what the stores left. */
    void clear() throws Exception;
}
