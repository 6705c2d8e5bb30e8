package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * The rows that the runtime must read from the store and pass to {@link QueueState#supply}, because memory does not
 * hold them. Between {@link QueueState#begin} and {@code supply} the state tracks what changes, so rows may be stale
 * without harm.
 *
 * @param kind which rows
 * @param fromMillis first time of the range, for {@code SCHEDULE} and {@code ORIGINAL_TIMESTAMPS}
 * @param fromSeq first number of the range (within {@code fromMillis} for {@code SCHEDULE} and {@code
 *     ORIGINAL_TIMESTAMPS})
 * @param limit rows at most
 * @param seqs the messages to look up, for {@code LOOKUP}; otherwise null
 */
public record ReadRequest(ReadKind kind, long fromMillis, long fromSeq, int limit, long @Nullable [] seqs) {
    /** The five reads of {@code QueueStore} that a queue requests. */
    public enum ReadKind {
        /** Arrivals in order of seq: rows are {@link MessageHeader}. */
        ARRIVALS,
        /** Scheduled messages in order of (available at, seq): rows are {@link ScheduledMessage}. */
        SCHEDULE,
        /** Scheduled messages in order of seq: rows are {@link ScheduledMessage}. */
        SCHEDULED_BY_SEQ,
        /**
         * Messages with a timestamp from another queue in order of (timestamp, seq): rows are {@link MessageHeader}.
         */
        ORIGINAL_TIMESTAMPS,
        /** Single messages by seq, removed ones left out: rows are {@link LookupResult}. */
        LOOKUP
    }
}
