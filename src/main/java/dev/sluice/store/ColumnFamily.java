package dev.sluice.store;

/**
 * The two column families of the store. Message records are large and read once; index records are small and change
 * often.
 */
public enum ColumnFamily {
    /** Heads, leases, indexes, catalog. */
    INDEX(0),
    /** Message records with their bodies. */
    MESSAGES(1);

    private final int id;

    ColumnFamily(int id) {
        this.id = id;
    }

    /** The id of the column family on disk. Never changes. */
    public int id() {
        return id;
    }

    /** Returns the column family with that id. */
    public static ColumnFamily ofId(int id) {
        return switch (id) {
            case 0 -> INDEX;
            case 1 -> MESSAGES;
            default -> throw new StoreCorruptException("a batch names the unknown column family " + id);
        };
    }
}
