package dev.sluice.store.log;

import java.util.UUID;

/**
 * Who owns a shard after a prefix of its log, and which record is valid next: the rule that all readers of the log
 * follow. Because it depends on the log alone, all readers agree on every record, whenever they read it.
 *
 * <ul>
 *   <li>A claim is valid if its epoch is the current one plus 1. It begins its epoch, at index 0.
 *   <li>A group or a beat is valid if it has the current epoch and owner, and the next index.
 *   <li>Every other record is void, for all readers and for ever.
 * </ul>
 *
 * @param epoch the current epoch; 0 before the first claim
 * @param owner the owner of this epoch; {@link #NO_OWNER} before the first claim
 * @param nextIndex the index of the next valid group or beat
 */
public record LogOwnership(long epoch, UUID owner, long nextIndex) {
    /** The owner before the first claim. */
    public static final UUID NO_OWNER = new UUID(0, 0);

    /** The state at the beginning of a log. */
    public static final LogOwnership INITIAL = new LogOwnership(0, NO_OWNER, 0);

    /** Whether this record counts when it comes next. */
    public boolean isValid(LogRecord record) {
        if (record.kind() == LogRecord.Kind.CLAIM) {
            return record.epoch() == epoch + 1;
        }
        return record.epoch() == epoch && record.owner().equals(owner) && record.index() == nextIndex;
    }

    /** The state after this record; the same state if the record is void. */
    public LogOwnership after(LogRecord record) {
        if (!isValid(record)) {
            return this;
        }
        return record.kind() == LogRecord.Kind.CLAIM
                ? new LogOwnership(record.epoch(), record.owner(), 0)
                : new LogOwnership(epoch, owner, nextIndex + 1);
    }

    /** Whether this is the epoch of that claim. */
    public boolean isHeldBy(long claimedEpoch, UUID claimant) {
        return epoch == claimedEpoch && owner.equals(claimant);
    }
}
