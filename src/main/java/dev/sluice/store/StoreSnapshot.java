package dev.sluice.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorted keys and values at one point in time: all that {@link QueueReads} needs from a store. Keys are ordered
 * bytewise, unsigned.
 */
public interface StoreSnapshot {
    /** Receives the rows of a scan. */
    @FunctionalInterface
    interface RowVisitor {
        /** Receives a row; it may keep the arrays. Returns whether the scan continues. */
        boolean row(byte[] key, byte[] value);
    }

    /**
     * Passes rows to the visitor in order, from {@code fromKey} (inclusive) to {@code toKey} (exclusive), until the
     * visitor returns false.
     */
    void scan(ColumnFamily family, byte[] fromKey, byte[] toKey, RowVisitor visitor);

    /** Returns a value, or at least its first {@code bytesMin} bytes if it is longer; null if there is none. */
    byte @Nullable [] getStart(ColumnFamily family, byte[] key, int bytesMin);

    /** Returns the values of these keys in the given order, with null where there is none. */
    List<byte @Nullable []> getAll(ColumnFamily family, List<byte[]> keys);
}
