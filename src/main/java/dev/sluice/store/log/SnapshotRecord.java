package dev.sluice.store.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A record of the snapshots of a shard: a chunk, or the manifest of a snapshot. The header never changes:
 *
 * <pre>
 * magic 2 | version 1 | kind 1 | snapshot id 16 | number 4 | CRC-32C 4 | payload
 * manifest  position length 2, position | identity | bytes 8 | hash 8
 * </pre>
 *
 * @param manifest whether it is a manifest
 * @param id of the snapshot
 * @param number of the chunk, from 0; of a manifest the number of chunks
 * @param checksum of everything else
 * @param payload a chunk: puts as a group of a log has them; not copied
 */
public record SnapshotRecord(boolean manifest, UUID id, int number, int checksum, byte[] payload) {
    private static final short MAGIC = 0x514D;
    private static final byte VERSION = 1;
    private static final byte CHUNK = 1;
    private static final byte MANIFEST = 2;
    private static final int CHECKSUM_AT = 2 + 1 + 1 + 2 * Long.BYTES + Integer.BYTES;
    private static final int HEADER_BYTES = CHECKSUM_AT + Integer.BYTES;

    /** The bytes of a chunk. */
    public static byte[] chunk(UUID id, int number, byte[] payload) {
        return encode(CHUNK, id, number, payload);
    }

    /** The bytes of a manifest. */
    public static byte[] manifest(SnapshotManifest manifest) {
        byte[] position = manifest.position().encode();
        byte[] identity = manifest.identity().encode();
        ByteBuffer payload = ByteBuffer.allocate(Short.BYTES + position.length + identity.length + 2 * Long.BYTES);
        payload.putShort((short) position.length).put(position).put(identity);
        payload.putLong(manifest.bytes()).putLong(manifest.hash());
        return encode(MANIFEST, manifest.id(), manifest.chunks(), payload.array());
    }

    private static byte[] encode(byte kind, UUID id, int number, byte[] payload) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + payload.length);
        bytes.putShort(MAGIC).put(VERSION).put(kind);
        LogClaim.putUuid(bytes, id);
        bytes.putInt(number).position(HEADER_BYTES);
        bytes.put(payload);
        return bytes.putInt(CHECKSUM_AT, checksum(bytes.array())).array();
    }

    /** The checksum in the header of an encoded record. */
    public static int checksumOf(byte[] encoded) {
        return ByteBuffer.wrap(encoded).getInt(CHECKSUM_AT);
    }

    /**
     * Reads a record.
     *
     * @param offset where it stands, for the message of the exception
     * @return empty if another program wrote it
     * @throws UnreadableLogException if it is damaged, or of a version that this one does not know
     */
    public static Optional<SnapshotRecord> decode(byte[] bytes, long offset) {
        if (bytes == null
                || bytes.length < Short.BYTES
                || ByteBuffer.wrap(bytes).getShort() != MAGIC) {
            return Optional.empty();
        }
        if (bytes.length < HEADER_BYTES || checksumOf(bytes) != checksum(bytes)) {
            throw new UnreadableLogException(offset, "a record of a snapshot is damaged");
        }
        byte kind = bytes[Short.BYTES + 1];
        if (bytes[Short.BYTES] != VERSION || kind != CHUNK && kind != MANIFEST) {
            throw new UnreadableLogException(offset, "a record of a snapshot is of a newer version: upgrade this node");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
        UUID id = LogClaim.getUuid(header);
        int number = header.getInt();
        byte[] payload = new byte[bytes.length - HEADER_BYTES];
        System.arraycopy(bytes, HEADER_BYTES, payload, 0, payload.length);
        return Optional.of(new SnapshotRecord(kind == MANIFEST, id, number, checksumOf(bytes), payload));
    }

    /**
     * The manifest that this record is.
     *
     * @throws UnreadableLogException if it cannot be read
     */
    public SnapshotManifest toManifest(long offset) {
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        try {
            byte[] position = new byte[bytes.getShort()];
            bytes.get(position);
            LogIdentity identity = LogIdentity.decode(bytes);
            return new SnapshotManifest(
                    id, identity, LogPosition.decode(position), number, bytes.getLong(), bytes.getLong());
        } catch (BufferUnderflowException | IllegalArgumentException damaged) {
            throw new UnreadableLogException(offset, "a manifest of a snapshot cannot be read");
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKSUM_AT);
        crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
