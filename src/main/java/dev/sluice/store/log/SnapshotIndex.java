package dev.sluice.store.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which snapshots of a shard count: those whose chunks are all there before their manifest, and from which the log goes
 * on. Made by reading all records in order. Belongs to one thread.
 */
public final class SnapshotIndex {
    /**
     * A snapshot with a manifest and all its chunks.
     *
     * @param firstOffset of its first record
     * @param manifestOffset of its last one
     */
    public record StoredSnapshot(SnapshotManifest manifest, long firstOffset, long manifestOffset) {
        /** The last record of the log that it holds. */
        public long upTo() {
            return manifest.position().offset();
        }
    }

    /** The chunks of a snapshot so far. */
    private record Chunks(long firstOffset, int count, long hash) {}

    private final Map<UUID, Chunks> chunks = new HashMap<>();
    private final List<StoredSnapshot> complete = new ArrayList<>();

    /**
     * Takes the next record.
     *
     * @throws UnreadableLogException if it cannot be read
     */
    public void add(long offset, byte[] value) {
        Optional<SnapshotRecord> decoded = SnapshotRecord.decode(value, offset);
        if (decoded.isEmpty()) {
            return;
        }
        SnapshotRecord record = decoded.get();
        Chunks before = chunks.getOrDefault(record.id(), new Chunks(offset, 0, 0));
        if (record.manifest()) {
            SnapshotManifest manifest = record.toManifest(offset);
            if (before.count() == manifest.chunks() && before.hash() == manifest.hash()) {
                complete.add(new StoredSnapshot(manifest, before.firstOffset(), offset));
            }
            chunks.remove(record.id());
        } else if (record.number() == before.count()) {
            chunks.put(
                    record.id(),
                    new Chunks(
                            before.firstOffset(),
                            before.count() + 1,
                            SnapshotManifest.hash(before.hash(), record.checksum())));
        }
    }

    /**
     * The snapshots that count, the newest state first, whatever the order in which they were written.
     *
     * @param logStart the first offset that the log still has
     */
    public List<StoredSnapshot> counting(long logStart) {
        return complete.stream()
                .filter(snapshot -> snapshot.upTo() + 1 >= logStart)
                .sorted(Comparator.comparingLong(StoredSnapshot::upTo).reversed())
                .toList();
    }
}
