package dev.sluice.runtime.metrics;

/** What became of a batch for a Worker. */
public enum WorkerBatchResult {
    /** The Worker took it; it may have asked for retries of single messages. */
    ACCEPTED,
    /** The Worker refused it, or did not respond in time. */
    FAILED,
    /** No connection took it. */
    NOT_SENT
}
