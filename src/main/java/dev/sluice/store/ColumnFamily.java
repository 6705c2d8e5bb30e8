package dev.sluice.store;

/**
 * The two column families of the store. Message records are large and read once; index records are small and change
 * often.
 */
public enum ColumnFamily {
    /** Heads, leases, indexes, catalog. */
    INDEX,
    /** Message records with their bodies. */
    MESSAGES;

    private static final ColumnFamily[] ALL = values();

    /** The id of the column family on disk. Never changes. */
    public int id() {
        return ordinal();
    }

    /** Returns the column family with that id. */
    public static ColumnFamily ofId(int id) {
        if (id < 0 || id >= ALL.length) {
            throw new StoreCorruptException("a batch names the unknown column family " + id);
        }
        return ALL[id];
    }
}
