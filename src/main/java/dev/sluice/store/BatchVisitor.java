package dev.sluice.store;

/**
 * Receives the puts and deletes of a {@link StoreBatch} in order. A later one overrides an earlier one with the same
 * key.
 *
 * <p>The visitor may keep the arrays.
 */
public interface BatchVisitor {
    /** Sets the value of a key. */
    void put(ColumnFamily family, byte[] key, byte[] value);

    /** Deletes a key, which need not exist. */
    void delete(ColumnFamily family, byte[] key);

    /** Deletes all keys from {@code fromKey} (inclusive) to {@code toKey} (exclusive). */
    void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey);
}
