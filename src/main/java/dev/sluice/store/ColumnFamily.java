package dev.sluice.store;

/** The two halves of the store: few big records that are read once, many small ones that change often. */
public enum ColumnFamily {
    /** Heads, leases, indexes, catalog. */
    INDEX,
    /** Message records with their bodies. */
    MESSAGES;

    private static final ColumnFamily[] ALL = values();

    /** The number of the column family on disk; never changes. */
    public int id() {
        return ordinal();
    }

    /** The family of a stored number. */
    static ColumnFamily ofId(int id) {
        if (id < 0 || id >= ALL.length) {
            throw new StoreCorruptException("a batch names the unknown column family " + id);
        }
        return ALL[id];
    }
}
