package dev.sluice.store.kafka;

import dev.sluice.store.log.LogClaim;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogOwnership;
import dev.sluice.store.log.LogPosition;
import dev.sluice.store.log.LogRecord;
import dev.sluice.store.log.LogRecordFormat;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import dev.sluice.store.rocksdb.LogCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a copy up to date: reads the log on after the position of the copy and applies what is valid by the readers'
 * rule. Belongs to the thread of the shard.
 */
final class LogFollower {
    private final ShardLog log;
    private final LogCopy copy;
    private final LogIdentity identity;
    private final String directory;
    /** Where reading goes on: after the last record that was read, which may be void. */
    private long next;
    /** The node of the last valid claim, for messages. */
    private volatile String ownerNode = "";

    private final AtomicLong voidRecords = new AtomicLong();

    /**
     * Creates a follower.
     *
     * @param directory where the copy is, for messages
     */
    LogFollower(ShardLog log, LogCopy copy, LogIdentity identity, String directory) {
        this.log = log;
        this.copy = copy;
        this.identity = identity;
        this.directory = directory;
    }

    /**
     * Checks that the log is the one that the copy has followed, and that it still has what the copy lacks. Blocks.
     *
     * @throws LogUnusableException if not
     */
    void verify() {
        LogPosition position = copy.position();
        next = position.offset() + 1;
        long start = log.startOffset();
        if (position.offset() < 0) {
            if (start > 0) {
                throw new LogUnusableException("the log begins at offset " + start
                        + ": its earlier records were deleted, and without them this node cannot know its queues");
            }
            return;
        }
        long end = log.endOffset();
        if (end <= position.offset()) {
            throw new LogUnusableException("the log ends at offset " + end + ", but the copy in " + directory
                    + " has its record " + position.offset() + ": records of the log were lost. Nothing was changed");
        }
        if (start > position.offset()) {
            throw new LogUnusableException("the log begins at offset " + start + ", after record "
                    + position.offset() + ", the last one of the copy in " + directory
                    + ": records between them were deleted. Nothing was changed");
        }
        Optional<byte[]> last = readOne(position.offset());
        if (last.isEmpty() || LogRecordFormat.checksumOf(last.get()) != position.checksum()) {
            throw new LogUnusableException("record " + position.offset() + " of the log differs from the copy in "
                    + directory + ": it is another log. Nothing was changed");
        }
    }

    private Optional<byte[]> readOne(long offset) {
        List<ShardLog.LogEntry> entries = log.read(offset).entries();
        if (entries.isEmpty() || entries.get(0).offset() != offset) {
            return Optional.empty();
        }
        byte[] value = entries.get(0).value();
        return LogRecordFormat.decode(value, offset).map(record -> value);
    }

    /**
     * Applies everything up to an offset. Blocks.
     *
     * @param endOffset read up to this offset, exclusive
     * @param until also ends once this is true after a record
     */
    void follow(long endOffset, BooleanSupplier until) {
        while (next < endOffset && !until.getAsBoolean()) {
            ShardLog.Chunk chunk = log.read(next);
            for (ShardLog.LogEntry entry : chunk.entries()) {
                if (entry.offset() >= endOffset || until.getAsBoolean()) {
                    return;
                }
                take(entry);
            }
            next = Math.max(next, chunk.nextOffset());
        }
    }

    /** Applies what comes next, if it comes within that time. Blocks. */
    void followOn(long waitMillis) {
        ShardLog.Chunk chunk = log.poll(next, waitMillis);
        chunk.entries().forEach(this::take);
        next = Math.max(next, chunk.nextOffset());
    }

    /** Applies an own group that the owner's rule has acknowledged at this offset. Blocks. */
    void acknowledged(byte[] encoded, byte[] payload, long offset, LogOwnership after) {
        LogPosition before = copy.position();
        copy.apply(payload, before.after(encoded, offset, after, before.historyId()));
        next = offset + 1;
    }

    /** The same for an own beat. */
    void acknowledgedBeat(byte[] encoded, long offset, LogOwnership after) {
        LogPosition before = copy.position();
        copy.skip(before.after(encoded, offset, after, before.historyId()));
        next = offset + 1;
    }

    /**
     * Reads the records of a gap. Blocks.
     *
     * @return each record, empty if another program wrote it; null if the log has not all of them
     */
    @Nullable
    List<Optional<LogRecord>> gap(long from, long to) {
        try {
            List<Optional<LogRecord>> records = records(from, to);
            return records.size() == to - from ? records : null;
        } catch (LogUnusableException trimmed) {
            return null;
        }
    }

    /** Reads the records of a range, each empty if another program wrote it. Blocks. */
    List<Optional<LogRecord>> records(long from, long to) {
        List<Optional<LogRecord>> records = new ArrayList<>();
        long at = from;
        while (at < to) {
            ShardLog.Chunk chunk = log.read(at);
            for (ShardLog.LogEntry entry : chunk.entries()) {
                if (entry.offset() < to) {
                    records.add(LogRecordFormat.decode(entry.value(), entry.offset()));
                }
            }
            at = chunk.nextOffset();
        }
        return records;
    }

    LogOwnership ownership() {
        return copy.position().ownership();
    }

    LogPosition position() {
        return copy.position();
    }

    /** The node that has claimed the log last, as far as it was read; empty if that is unknown. */
    String ownerNode() {
        return ownerNode;
    }

    /** Records that did not count. */
    long voidRecords() {
        return voidRecords.get();
    }

    private void take(ShardLog.LogEntry entry) {
        Optional<LogRecord> decoded = LogRecordFormat.decode(entry.value(), entry.offset());
        next = entry.offset() + 1;
        if (decoded.isEmpty() || !ownership().isValid(decoded.get())) {
            voidRecords.incrementAndGet();
            return;
        }
        LogRecord record = decoded.get();
        LogPosition before = copy.position();
        LogOwnership owner = ownership().after(record);
        LogPosition after = before.after(entry.value(), entry.offset(), owner, before.historyId());
        switch (record.kind()) {
            case GROUP -> copy.apply(record.payload(), after);
            case BEAT -> {
                if (!record.agreesWith(before.contentHash())) {
                    throw new LogUnusableException("the copy in " + directory + " differs from that of the owner "
                            + ownerNode + " at offset " + entry.offset() + ". Nothing was changed");
                }
                copy.skip(after);
            }
            case CLAIM -> {
                LogClaim claim = LogClaim.decode(record.payload(), entry.offset());
                check(claim, entry.offset(), before);
                ownerNode = claim.node();
                copy.skip(before.after(entry.value(), entry.offset(), owner, claim.historyId()));
            }
            default -> throw new IllegalStateException("unknown record " + record);
        }
    }

    private void check(LogClaim claim, long offset, LogPosition before) {
        Optional<String> difference = identity.differenceFrom(claim.identity());
        if (difference.isPresent()) {
            throw new LogUnusableException(
                    "the record at offset " + offset + " was written to another log: " + difference.get());
        }
        boolean firstClaim = before.historyId().equals(LogPosition.NO_HISTORY);
        if (!firstClaim && !claim.historyId().equals(before.historyId())) {
            throw new LogUnusableException("the record at offset " + offset + " belongs to another history of the log");
        }
    }
}
