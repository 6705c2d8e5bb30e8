package dev.sluice.store.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rule of the owner of a shard: when an append counts as stored. The log stores every append, also one of an owner
 * that was replaced; so an append is acknowledged only if its offset proves that there is no other claim before it.
 *
 * <p>Appends are acknowledged strictly in the order of their indexes. An append at the expected offset, the one after
 * the last acknowledged record, is acknowledged at once. One further on has a gap before it: the gap is read back and
 * goes through the readers' rule, and the append is acknowledged only if that rule would take exactly this record there.
 * In every other case the epoch is over: what was not acknowledged is in doubt, and this node reads the log on after the
 * last acknowledged record, as every other reader does.
 *
 * <p>Belongs to one thread. Usage: {@link #appended} or {@link #failed} for each result of an append, then {@link #next}
 * until it returns {@link Wait}.
 */
public final class AppendTracker {
    private LogOwnership ownership;
    private long expectedOffset;
    private boolean ended;
    private final Map<Long, Long> offsetByIndex = new HashMap<>();

    /**
     * Begins an epoch.
     *
     * @param claimed the state after this owner's claim, which was found valid in the log
     * @param claimOffset where the claim was found
     */
    public AppendTracker(LogOwnership claimed, long claimOffset) {
        this(claimed, claimOffset + 1, false, Map.of());
    }

    private AppendTracker(LogOwnership ownership, long expectedOffset, boolean ended, Map<Long, Long> offsetByIndex) {
        this.ownership = ownership;
        this.expectedOffset = expectedOffset;
        this.ended = ended;
        this.offsetByIndex.putAll(offsetByIndex);
    }

    /** What to do next. */
    public sealed interface Step permits Acknowledge, ReadGap, End, Wait {}

    /** The record with this index is stored at this offset. */
    public record Acknowledge(long index, long offset) implements Step {}

    /** Read the log in {@code [from, to)} and call {@link #gapRead}. */
    public record ReadGap(long from, long to) implements Step {}

    /** The epoch is over; nothing more is acknowledged. */
    public record End(String reason) implements Step {}

    /** Nothing to do before another append has a result. */
    public record Wait() implements Step {}

    /** Takes the result of an append: the log returned this offset, negative if it is unknown. */
    public void appended(long index, long offset) {
        offsetByIndex.putIfAbsent(index, offset);
    }

    /** Takes the failure of an append, which may be stored all the same. */
    public void failed() {
        ended = true;
    }

    /** Decides about the append with the next index. */
    public Step next() {
        if (ended) {
            return new End("an append failed or the shard has another owner");
        }
        Long offset = offsetByIndex.get(ownership.nextIndex());
        if (offset == null) {
            return new Wait();
        }
        if (offset < expectedOffset) {
            return end("append " + ownership.nextIndex() + " got offset " + offset + ", expected " + expectedOffset);
        }
        return offset == expectedOffset ? acknowledge(offset) : new ReadGap(expectedOffset, offset);
    }

    /**
     * Takes the records of the gap before the append with the next index.
     *
     * @param gap the records of the range of {@link ReadGap}, each empty if another program wrote it; null if the range
     * is not complete any more, because the log was trimmed
     */
    public Step gapRead(@Nullable List<Optional<LogRecord>> gap) {
        long offset = Objects.requireNonNull(offsetByIndex.get(ownership.nextIndex()), "no gap was to be read");
        if (gap == null || gap.size() != offset - expectedOffset) {
            return end("the log before offset " + offset + " cannot be read");
        }
        LogOwnership after = ownership;
        for (Optional<LogRecord> record : gap) {
            after = record.map(after::after).orElse(after);
        }
        if (!after.equals(ownership)) {
            return end("there is a claim or a copy of an own record before offset " + offset);
        }
        return acknowledge(offset);
    }

    /** The state of the log after the last acknowledged record. */
    public LogOwnership ownership() {
        return ownership;
    }

    /** The offset after the last acknowledged record: where a reader goes on when the epoch is over. */
    public long expectedOffset() {
        return expectedOffset;
    }

    /** Whether the epoch is over. */
    public boolean hasEnded() {
        return ended;
    }

    /** An independent copy, for searches that branch. */
    public AppendTracker copy() {
        return new AppendTracker(ownership, expectedOffset, ended, offsetByIndex);
    }

    @Override
    public String toString() {
        return "epoch " + ownership.epoch() + ", next index " + ownership.nextIndex() + " at " + expectedOffset
                + (ended ? ", ended" : "") + ", results " + new TreeMap<>(offsetByIndex);
    }

    private Step acknowledge(long offset) {
        long index = ownership.nextIndex();
        offsetByIndex.remove(index);
        ownership = new LogOwnership(ownership.epoch(), ownership.owner(), index + 1);
        expectedOffset = offset + 1;
        return new Acknowledge(index, offset);
    }

    private End end(String reason) {
        ended = true;
        return new End(reason);
    }
}
