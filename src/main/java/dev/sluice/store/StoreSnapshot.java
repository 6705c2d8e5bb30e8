package dev.sluice.store;

import java.util.List;

/** Sorted keys and values at one moment: all that {@link QueueReads} needs of a store. Keys are ordered bytewise, unsigned. */
public interface StoreSnapshot {
    /** Takes the rows of a scan. */
    @FunctionalInterface
    interface RowVisitor {
        /** Takes a row, which it may keep; answers whether it wants another. */
        boolean row(byte[] key, byte[] value);
    }

    /** Shows rows in order from {@code fromKey} on and below {@code toKey} until the visitor has enough. */
    void scan(ColumnFamily family, byte[] fromKey, byte[] toKey, RowVisitor visitor);

    /** A value, or at least its first {@code bytesMin} bytes as far as it has them; null if there is none. */
    byte[] getStart(ColumnFamily family, byte[] key, int bytesMin);

    /** The values of these keys in their order, null where there is none. */
    List<byte[]> getAll(ColumnFamily family, List<byte[]> keys);
}
