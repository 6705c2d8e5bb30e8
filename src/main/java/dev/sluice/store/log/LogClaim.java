package dev.sluice.store.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The payload of a claim:
 *
 * <pre>
 * identity | history id 16 | length 1, node
 * </pre>
 *
 * @param identity the log that the claimant appended it to
 * @param historyId drawn by the first claim of a log and repeated by all later ones
 * @param node name of the claimant; for people. At most 255 bytes in UTF-8.
 */
public record LogClaim(LogIdentity identity, UUID historyId, String node) {
    private static final int TEXT_BYTES_MAX = 255;

    /** The bytes of the payload. */
    public byte[] encode() {
        byte[] log = identity.encode();
        byte[] nodeName = text(node);
        ByteBuffer bytes = ByteBuffer.allocate(log.length + 2 * Long.BYTES + 1 + nodeName.length);
        bytes.put(log);
        putUuid(bytes, historyId);
        bytes.put((byte) nodeName.length).put(nodeName);
        return bytes.array();
    }

    /**
     * Reads the payload of a claim.
     *
     * @param offset where the claim stands, for the message of the exception
     * @throws UnreadableLogException if it is not such a payload
     */
    public static LogClaim decode(byte[] payload, long offset) {
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        try {
            LogIdentity identity = LogIdentity.decode(bytes);
            UUID historyId = getUuid(bytes);
            return new LogClaim(identity, historyId, getText(bytes));
        } catch (BufferUnderflowException tooShort) {
            throw new UnreadableLogException(offset, "its claim has only " + payload.length + " bytes");
        }
    }

    static void putUuid(ByteBuffer bytes, UUID id) {
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    static UUID getUuid(ByteBuffer bytes) {
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("longer than " + TEXT_BYTES_MAX + " bytes: " + text);
        }
        return bytes;
    }

    private static String getText(ByteBuffer bytes) {
        byte[] text = new byte[bytes.get() & 0xFF];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
