package dev.sluice.queue;

/**
 * The limits of the service, each configurable: those of docs/api.md 12, and those of the whole installation, which
 * Sluice adds. All are inclusive.
 *
 * @param messageBytesMax body of one message
 * @param batchMessagesMax messages in one batch push
 * @param batchBytesMax sum of the bodies of one batch push
 * @param requestBytesMax HTTP request body; JSON escaping can make a batch six times as large
 * @param jsonDepthMax nesting of a JSON request body
 * @param delaySecondsMax any delay
 * @param pullMessagesMax {@code batch_size} of a pull, a peek or a consumer
 * @param deliveryBytesMax messages of one response to a pull or a peek, or of one batch to a Worker, as they are
 *     written; a single message may be larger
 * @param visibilityTimeoutMillisMax a lease
 * @param retentionSecondsMin smallest {@code message_retention_period}
 * @param retentionSecondsMax largest {@code message_retention_period}
 * @param retriesMax largest {@code max_retries}
 * @param waitTimeMillisMax largest {@code max_wait_time_ms}
 * @param concurrencyMax largest {@code max_concurrency}
 * @param ackEntriesMax acks and retries, or refs, in one request
 * @param queuesPerAccountMax queues of one account
 * @param queuesMax queues of all accounts
 * @param accountsMax accounts that have a queue
 * @param subscriptionsPerAccountMax event subscriptions of one account
 * @param subscriptionsMax event subscriptions of all accounts
 * @param leasesPerQueueMax leased messages of one queue at once; a pull beyond it gets fewer
 * @param backlogBytesMax bytes stored in one queue, 0 for no limit (10251)
 * @param messagesPerSecondMax messages pushed to one queue per second, 0 for no limit (10250)
 */
public record Limits(
        int messageBytesMax,
        int batchMessagesMax,
        int batchBytesMax,
        int requestBytesMax,
        int jsonDepthMax,
        int delaySecondsMax,
        int pullMessagesMax,
        int deliveryBytesMax,
        int visibilityTimeoutMillisMax,
        int retentionSecondsMin,
        int retentionSecondsMax,
        int retriesMax,
        int waitTimeMillisMax,
        int concurrencyMax,
        int ackEntriesMax,
        int queuesPerAccountMax,
        int queuesMax,
        int accountsMax,
        int subscriptionsPerAccountMax,
        int subscriptionsMax,
        int leasesPerQueueMax,
        long backlogBytesMax,
        int messagesPerSecondMax) {
    /**
     * What Cloudflare documents. Where it documents nothing: what fits twice into the smallest heap. Storage and rate
     * limits are off.
     */
    public static final Limits DOCUMENTED = new Limits(
            128_000,
            100,
            256_000,
            2 * 1024 * 1024,
            512,
            86_400,
            100,
            4 * 1024 * 1024,
            43_200_000,
            60,
            1_209_600,
            100,
            60_000,
            250,
            10_000,
            10_000,
            20_000,
            1_000,
            1_000,
            2_000,
            200_000,
            0,
            0);
}
