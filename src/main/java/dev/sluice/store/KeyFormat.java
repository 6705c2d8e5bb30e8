package dev.sluice.store;

import dev.sluice.queue.MessageHeader;
import java.nio.ByteBuffer;

/**
 * The format of keys: one byte for the key space, then big-endian numbers, so that bytewise order is order by queue,
 * then by index. The key spaces are listed in {@code docs/architecture.md}. The format never changes within a format
 * version.
 */
public final class KeyFormat {
    /** Format version of keys and values. A store with a higher version is refused. */
    public static final int VERSION = 1;

    /** The format record, and what a copy of a log knows about that log. */
    public static final byte SPACE_FORMAT = 0x00;
    /** Bodies of messages published without delay, by seq. */
    public static final byte SPACE_MESSAGES = 0x01;
    /** Bodies of messages published with delay, by seq. */
    public static final byte SPACE_DELAYED = 0x02;
    /** One head per queue. */
    public static final byte SPACE_HEAD = 0x10;
    /** Leases, by seq. */
    public static final byte SPACE_LEASE = 0x11;
    /** Scheduled messages, by seq. */
    public static final byte SPACE_WAITING = 0x12;
    /** Scheduled messages, by (available at, seq). */
    public static final byte SPACE_SCHEDULE = 0x13;
    /** Messages that keep the timestamp of an earlier queue, by (timestamp, seq). */
    public static final byte SPACE_ORIGINAL_TIMESTAMP = 0x14;
    /** Markers of messages that a dead letter queue has stored, by seq. */
    public static final byte SPACE_DEAD_LETTERED = 0x15;
    /** One record per queue: its last move of dead letters to a queue that is stored apart. */
    public static final byte SPACE_MOVE = 0x16;
    /** The number of the last move that a dead letter queue has taken, by the number of the original queue. */
    public static final byte SPACE_RECEIVED = 0x17;
    /** The catalog; the rest of the key is chosen by its owner. */
    public static final byte SPACE_CATALOG = 0x20;

    /** Size of a key of (space, queue). */
    static final int QUEUE_KEY_BYTES = 1 + Long.BYTES;
    /** Size of a key of (space, queue, seq). */
    public static final int SEQ_KEY_BYTES = QUEUE_KEY_BYTES + Long.BYTES;
    /** Size of a key of (space, queue, time, seq). */
    public static final int TIME_KEY_BYTES = SEQ_KEY_BYTES + Long.BYTES;

    private static final byte[] FORMAT_KEY = {SPACE_FORMAT};
    private static final byte[] LOG_POSITION_KEY = {SPACE_FORMAT, 1};
    private static final byte[] LOG_IDENTITY_KEY = {SPACE_FORMAT, 2};
    private static final byte[] LOADING_KEY = {SPACE_FORMAT, 3};

    private KeyFormat() {}

    /** The key of the format record. */
    public static byte[] formatKey() {
        return FORMAT_KEY.clone();
    }

    /** The key of the position of a copy in the log that it follows. */
    public static byte[] logPositionKey() {
        return LOG_POSITION_KEY.clone();
    }

    /** The key of the identity of the log that a copy follows. */
    public static byte[] logIdentityKey() {
        return LOG_IDENTITY_KEY.clone();
    }

    /** The key of the mark that a copy is being loaded from a snapshot. */
    public static byte[] loadingKey() {
        return LOADING_KEY.clone();
    }

    /** The first key that belongs to queues or the catalog. */
    public static byte[] firstContentKey() {
        return spaceKey(SPACE_FORMAT + 1);
    }

    /** The key space of the body of a message. */
    static byte bodySpace(MessageHeader header) {
        return header.delayed() ? SPACE_DELAYED : SPACE_MESSAGES;
    }

    /** The key of a queue's head; in other key spaces the smallest possible key of the queue. */
    static byte[] queueKey(byte space, long queueNumber) {
        return ByteBuffer.allocate(QUEUE_KEY_BYTES)
                .put(space)
                .putLong(queueNumber)
                .array();
    }

    /** The first key after all keys of a queue in that key space. */
    static byte[] queueEnd(byte space, long queueNumber) {
        return queueNumber == -1 ? spaceKey(space + 1) : queueKey(space, queueNumber + 1);
    }

    /** The key of a record by seq. */
    public static byte[] seqKey(byte space, long queueNumber, long seq) {
        return ByteBuffer.allocate(SEQ_KEY_BYTES)
                .put(space)
                .putLong(queueNumber)
                .putLong(seq)
                .array();
    }

    /** The key of a record by time, then seq. */
    public static byte[] timeKey(byte space, long queueNumber, long timeMillis, long seq) {
        return ByteBuffer.allocate(TIME_KEY_BYTES)
                .put(space)
                .putLong(queueNumber)
                .putLong(timeMillis)
                .putLong(seq)
                .array();
    }

    /** The smallest possible key of a key space. */
    static byte[] spaceKey(int space) {
        return new byte[] {(byte) space};
    }

    static byte[] catalogKey(byte[] key) {
        return ByteBuffer.allocate(1 + key.length).put(SPACE_CATALOG).put(key).array();
    }

    static long queueOf(byte[] key) {
        return numberAt(key, 1);
    }

    /** The seq of a {@link #seqKey}. */
    static long seqOf(byte[] seqKey) {
        return numberAt(seqKey, QUEUE_KEY_BYTES);
    }

    /** The time of a {@link #timeKey}. */
    static long timeOf(byte[] timeKey) {
        return numberAt(timeKey, QUEUE_KEY_BYTES);
    }

    /** The seq of a {@link #timeKey}. */
    static long seqOfTimeKey(byte[] timeKey) {
        return numberAt(timeKey, SEQ_KEY_BYTES);
    }

    private static long numberAt(byte[] key, int offset) {
        if (key.length < offset + Long.BYTES) {
            throw new StoreCorruptException("a stored key is only " + key.length + " bytes long");
        }
        return ByteBuffer.wrap(key).getLong(offset);
    }
}
