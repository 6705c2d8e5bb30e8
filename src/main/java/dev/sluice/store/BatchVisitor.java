package dev.sluice.store;

/**
 * Sees the puts and deletes of a {@link StoreBatch} in order. A later one wins over an earlier one with the same key.
 *
 * <p>The arrays belong to the visitor.
 */
public interface BatchVisitor {
    /** Sets the value of a key. */
    void put(ColumnFamily family, byte[] key, byte[] value);

    /** Removes a key, which need not be there. */
    void delete(ColumnFamily family, byte[] key);

    /** Removes every key from {@code fromKey} on and below {@code toKey}. */
    void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey);
}
