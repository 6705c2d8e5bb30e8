package dev.sluice.store;

/** Creates stores of one kind for the contract tests. */
public interface StoreFixture {
    /** Opens an empty store. */
    QueueStore open() throws Exception;

    /** Closes the store and opens it again. */
    QueueStore reopen(QueueStore store) throws Exception;

    /** Closes the store and opens the state that a crash of the process at this moment would have left. */
    QueueStore crash(QueueStore store) throws Exception;

    /** Deletes the files of the stores. */
    void clear() throws Exception;
}
