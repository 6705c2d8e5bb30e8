package dev.sluice.store.log;

import dev.sluice.store.StoreException;

/** A record of a shard log that this version cannot read. Its reader stops before it; it neither claims nor snapshots. */
public final class UnreadableLogException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    UnreadableLogException(long offset, String reason) {
        super("cannot read the record at offset " + offset + " of the shard log: " + reason);
        this.offset = offset;
    }

    /** Offset of the record. */
    public long offset() {
        return offset;
    }
}
