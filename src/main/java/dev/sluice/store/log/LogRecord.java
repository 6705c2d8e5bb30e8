package dev.sluice.store.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One record of a shard log.
 *
 * @param kind what the record means
 * @param epoch the ownership epoch in which it was written; from 1
 * @param index its number within the epoch, from 0; 0 for a claim
 * @param owner the writer, drawn anew for each claim, so that two writers of the same epoch differ
 * @param payload a claim: who claims; a group: its batches; a beat: empty, or what the writer's copy holds. Not copied.
 */
public record LogRecord(Kind kind, long epoch, long index, UUID owner, byte[] payload) {
    private static final byte[] NOTHING = {};

    /** The kinds of records, by their stored number. A new kind needs a new format level. */
    public enum Kind {
        /** Begins an epoch, if it is valid. */
        CLAIM(1),
        /** A group of batches that are stored together. */
        GROUP(2),
        /** Proof that the writer still owns the shard. Changes nothing. */
        BEAT(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        byte number() {
            return (byte) number;
        }

        /** The kind with this stored number; null if this version does not know it. */
        static @Nullable Kind of(byte number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            return null;
        }
    }

    public LogRecord {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(owner);
        Objects.requireNonNull(payload);
        if (epoch < 1 || index < 0) {
            throw new IllegalArgumentException("epoch " + epoch + ", index " + index);
        }
    }

    /** A claim of the epoch by this owner. */
    public static LogRecord claim(long epoch, UUID owner, byte[] payload) {
        return new LogRecord(Kind.CLAIM, epoch, 0, owner, payload);
    }

    /** A group of batches. */
    public static LogRecord group(long epoch, long index, UUID owner, byte[] payload) {
        return new LogRecord(Kind.GROUP, epoch, index, owner, payload);
    }

    /** A record without content. */
    public static LogRecord beat(long epoch, long index, UUID owner) {
        return new LogRecord(Kind.BEAT, epoch, index, owner, NOTHING);
    }

    /** The first record of an epoch, by which every copy can check itself. */
    public static LogRecord beat(long epoch, long index, UUID owner, long contentHash) {
        byte[] hash = ByteBuffer.allocate(Long.BYTES).putLong(contentHash).array();
        return new LogRecord(Kind.BEAT, epoch, index, owner, hash);
    }

    /** Whether a copy with this content hash agrees with the writer of this record. */
    public boolean agreesWith(long contentHash) {
        return kind != Kind.BEAT
                || payload.length != Long.BYTES
                || ByteBuffer.wrap(payload).getLong() == contentHash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogRecord record
                && kind == record.kind
                && epoch == record.epoch
                && index == record.index
                && owner.equals(record.owner)
                && Arrays.equals(payload, record.payload);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, epoch, index, owner, Arrays.hashCode(payload));
    }

    @Override
    public String toString() {
        return kind + " " + epoch + "/" + index + " of " + owner + ", " + payload.length + " bytes";
    }
}
