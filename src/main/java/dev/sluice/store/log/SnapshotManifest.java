package dev.sluice.store.log;

import java.util.UUID;

/**
 * What a snapshot is, written after all its chunks.
 *
 * @param id drawn for each snapshot, so that those of writers that overlap differ
 * @param identity the log that it is a snapshot of
 * @param position the last record of that log that the snapshot holds
 * @param chunks how many chunks it has
 * @param bytes the size of their contents
 * @param hash over the checksums of the chunks, in order
 */
public record SnapshotManifest(UUID id, LogIdentity identity, LogPosition position, int chunks, long bytes, long hash) {
    /** The hash after a further chunk. */
    public static long hash(long before, int chunkChecksum) {
        long hash = (before ^ chunkChecksum) * 0x9E3779B97F4A7C15L;
        return hash ^ hash >>> 31;
    }
}
