package dev.sluice.queue;

/**
 * A question that memory cannot answer: which rows the runtime must fetch from the store and hand to
 * {@link QueueState#supply}. Between {@link QueueState#begin} and {@code supply} the state keeps track of what changed, so
 * that rows read in the meantime can be stale without harm.
 *
 * @param kind which rows
 * @param fromMillis first time of the range, for {@code SCHEDULE} and {@code INHERITED}
 * @param fromSeq first seq of the range (within {@code fromMillis} for {@code SCHEDULE} and {@code INHERITED})
 * @param limit rows at most
 * @param seqs the messages to look up, for {@code FIND}; otherwise null
 */
public record ReadRequest(ReadKind kind, long fromMillis, long fromSeq, int limit, long[] seqs) {
    /** The five reads of {@code QueueStore} that a queue asks for. */
    public enum ReadKind {
        /** Arrivals in order of seq: rows are {@link MessageHeader}. */
        ARRIVALS,
        /** Waiting messages in order of (available at, seq): rows are {@link PendingTransfer}. */
        SCHEDULE,
        /** Waiting messages in order of seq: rows are {@link PendingTransfer}. */
        WAITING,
        /** Messages with an inherited timestamp in order of (timestamp, seq): rows are {@link MessageHeader}. */
        INHERITED,
        /** Single messages by seq, absent ones left out: rows are {@link LookupResult}. */
        FIND
    }
}
