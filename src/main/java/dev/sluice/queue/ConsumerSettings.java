package dev.sluice.queue;

/**
 * Settings of a consumer (reference 5.1). A consumer has the fields of its type only; the others hold the default.
 *
 * @param batchSize messages per pull or batch, 1 … 100
 * @param maxRetries deliveries after the first, 0 … 100
 * @param retryDelaySeconds delay of a retry that brings none, 0 … 86400
 * @param visibilityTimeoutMillis length of a lease, http_pull only, 1 … 43200000
 * @param maxWaitTimeMillis how long a batch may gather, worker only, 0 … 60000
 * @param maxConcurrency batches under way at once, worker only, 1 … 250, or {@link #CONCURRENCY_UNSET} (null on the wire)
 */
public record ConsumerSettings(
        int batchSize,
        int maxRetries,
        int retryDelaySeconds,
        int visibilityTimeoutMillis,
        int maxWaitTimeMillis,
        int maxConcurrency) {
    /** The platform's maximum applies. */
    public static final int CONCURRENCY_UNSET = 0;

    /** The settings of a consumer whose creator gave none. */
    public static ConsumerSettings defaultsOf(ConsumerType type) {
        return new ConsumerSettings(type == ConsumerType.WORKER ? 10 : 5, 3, 0, 30_000, 5_000, CONCURRENCY_UNSET);
    }
}
