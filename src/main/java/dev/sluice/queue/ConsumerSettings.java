package dev.sluice.queue;

/**
 * Settings of a consumer (docs/api.md 5.1). Settings that the type does not have keep their default.
 *
 * @param batchSize messages per pull or batch, 1 … 100
 * @param maxRetries deliveries after the first, 0 … 100
 * @param retryDelaySeconds delay of a retry that gives none, 0 … 86400
 * @param visibilityTimeoutMillis length of a lease, http_pull only, 1 … 43200000
 * @param maxWaitTimeMillis how long a batch may be collected, worker only, 0 … 60000
 * @param maxConcurrency batches in progress at once, worker only, 1 … 250, or {@link #CONCURRENCY_UNSET} (null on the
 *     wire)
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

    /**
     * Checks the ranges of the settings that a consumer of that type has.
     *
     * @throws QueueException CONSUMER_SETTINGS_INVALID, naming the first setting that is out of range
     */
    public void check(ConsumerType type, Limits limits) {
        check("batch_size", batchSize, 1, limits.pullMessagesMax());
        check("max_retries", maxRetries, 0, limits.retriesMax());
        check("retry_delay", retryDelaySeconds, 0, limits.delaySecondsMax());
        if (type == ConsumerType.HTTP_PULL) {
            check("visibility_timeout_ms", visibilityTimeoutMillis, 1, limits.visibilityTimeoutMillisMax());
        } else {
            check("max_wait_time_ms", maxWaitTimeMillis, 0, limits.waitTimeMillisMax());
            if (maxConcurrency != CONCURRENCY_UNSET) {
                check("max_concurrency", maxConcurrency, 1, limits.concurrencyMax());
            }
        }
    }

    private static void check(String setting, int value, int min, int max) {
        if (value < min || value > max) {
            throw new QueueException(
                    QueueError.CONSUMER_SETTINGS_INVALID,
                    "settings." + setting + " must be from " + min + " to " + max + ".");
        }
    }
}
