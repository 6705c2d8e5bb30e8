package dev.sluice.store;

/**
 * Receives the puts and deletes of one {@link StoreBatch}, in order, and encodes them at once in the form that its
 * store writes. For one thread at a time.
 *
 * <p>Deletes come in three kinds, because a store may have cheaper ways for some of them. {@link #delete} is for keys
 * that may have been put several times. {@link #deleteSeqKey} and {@link #deleteTimeKey} are for keys that are put at
 * most once between two deletes. {@link #deleteForGood} is for keys that are never put again, so it may take effect as
 * late as at the end of the batch.
 */
public interface RecordSink extends BatchVisitor {
    /**
     * Starts a put of a key with a seq. The caller must write exactly {@code valueBytes} bytes to the returned buffer.
     */
    RecordBytes putSeqKey(ColumnFamily family, byte space, long queueNumber, long seq, int valueBytes);

    /**
     * Starts a put of an index key with a time and a seq. The caller must write exactly {@code valueBytes} bytes to the
     * returned buffer.
     */
    RecordBytes putTimeKey(byte space, long queueNumber, long timeMillis, long seq, int valueBytes);

    /** Deletes a key with a seq that was put once. */
    void deleteSeqKey(ColumnFamily family, byte space, long queueNumber, long seq);

    /** Deletes an index key with a time and a seq that was put once. */
    void deleteTimeKey(byte space, long queueNumber, long timeMillis, long seq);

    /** Deletes a key with a seq that was put and is never put again. */
    void deleteForGood(ColumnFamily family, byte space, long queueNumber, long seq);

    /** Passes all puts and deletes to the visitor, in order. */
    void visit(BatchVisitor visitor);

    /** The number of puts and deletes. */
    int count();

    /** The encoded size of all puts and deletes, in bytes. */
    int length();
}
