package dev.sluice.store.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Which log this is, whatever its name: the log of one shard of one cluster. A topic that was deleted and made again has
 * another id, and so has one that was copied to another Kafka cluster. Every claim, snapshot and copy carries it:
 *
 * <pre>
 * log topic 16 | catalog topic 16 | snapshot topic 16 | shards 4 | shard 4 | length 1, cluster id
 * </pre>
 *
 * @param clusterId the id of the Kafka cluster, at most 255 bytes in UTF-8
 * @param logTopic the id of the topic with the logs of all shards but the catalog
 * @param catalogTopic the id of the topic with the log of the catalog
 * @param snapshotTopic the id of the topic with the snapshots
 * @param shards the number of shards without the catalog
 * @param shard the shard; -1 for the catalog
 */
public record LogIdentity(
        String clusterId, UUID logTopic, UUID catalogTopic, UUID snapshotTopic, int shards, int shard) {
    private static final int TEXT_BYTES_MAX = 255;

    /** The identity of another shard of the same cluster. */
    public LogIdentity ofShard(int other) {
        return new LogIdentity(clusterId, logTopic, catalogTopic, snapshotTopic, shards, other);
    }

    /** What differs between this log, which is there now, and the one that was recorded; empty if nothing does. */
    public Optional<String> differenceFrom(LogIdentity recorded) {
        if (!clusterId.equals(recorded.clusterId)) {
            return Optional.of("it belongs to the Kafka cluster " + recorded.clusterId + ", not " + clusterId);
        }
        if (!catalogTopic.equals(recorded.catalogTopic)) {
            return Optional.of("the topic of the catalog was deleted and made again");
        }
        if (!logTopic.equals(recorded.logTopic)) {
            return Optional.of("the topic of the log was deleted and made again");
        }
        if (!snapshotTopic.equals(recorded.snapshotTopic)) {
            return Optional.of("the topic of the snapshots was deleted and made again");
        }
        if (shards != recorded.shards) {
            return Optional.of("it has " + recorded.shards + " shards, not " + shards
                    + " (cluster.shards, which cannot be changed)");
        }
        return shard == recorded.shard
                ? Optional.empty()
                : Optional.of("it belongs to shard " + recorded.shard + ", not " + shard);
    }

    /** The stored form. */
    public byte[] encode() {
        byte[] cluster = clusterId.getBytes(StandardCharsets.UTF_8);
        if (cluster.length > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("longer than " + TEXT_BYTES_MAX + " bytes: " + clusterId);
        }
        ByteBuffer bytes = ByteBuffer.allocate(6 * Long.BYTES + 2 * Integer.BYTES + 1 + cluster.length);
        LogClaim.putUuid(bytes, logTopic);
        LogClaim.putUuid(bytes, catalogTopic);
        LogClaim.putUuid(bytes, snapshotTopic);
        return bytes.putInt(shards)
                .putInt(shard)
                .put((byte) cluster.length)
                .put(cluster)
                .array();
    }

    /** Reads the stored form. Throws a {@link BufferUnderflowException} if it is too short to be one. */
    public static LogIdentity decode(ByteBuffer bytes) {
        UUID log = LogClaim.getUuid(bytes);
        UUID catalog = LogClaim.getUuid(bytes);
        UUID snapshots = LogClaim.getUuid(bytes);
        int shards = bytes.getInt();
        int shard = bytes.getInt();
        byte[] cluster = new byte[bytes.get() & 0xFF];
        bytes.get(cluster);
        return new LogIdentity(new String(cluster, StandardCharsets.UTF_8), log, catalog, snapshots, shards, shard);
    }
}
