package dev.sluice.runtime;

import dev.sluice.queue.Limits;

/** Limits that are small enough for tests. */
public final class SmallLimits {
    private SmallLimits() {}

    /** The documented limits with that many queues per account. */
    public static Limits queues(int queuesPerAccountMax) {
        return of(Limits.DOCUMENTED.deliveryBytesMax(), queuesPerAccountMax);
    }

    /** The documented limits with that many bytes per pull and peek response. */
    static Limits deliveryBytes(int deliveryBytesMax) {
        return of(deliveryBytesMax, Limits.DOCUMENTED.queuesPerAccountMax());
    }

    private static Limits of(int deliveryBytesMax, int queuesPerAccountMax) {
        Limits d = Limits.DOCUMENTED;
        return new Limits(
                d.messageBytesMax(),
                d.batchMessagesMax(),
                d.batchBytesMax(),
                d.requestBytesMax(),
                d.jsonDepthMax(),
                d.delaySecondsMax(),
                d.pullMessagesMax(),
                deliveryBytesMax,
                d.visibilityTimeoutMillisMax(),
                d.retentionSecondsMin(),
                d.retentionSecondsMax(),
                d.retriesMax(),
                d.waitTimeMillisMax(),
                d.concurrencyMax(),
                d.ackEntriesMax(),
                queuesPerAccountMax,
                d.queuesMax(),
                d.accountsMax(),
                d.subscriptionsPerAccountMax(),
                d.subscriptionsMax(),
                d.leasesPerQueueMax(),
                d.backlogBytesMax(),
                d.messagesPerSecondMax());
    }

    /** The documented limits with that many of each object. */
    static Limits catalog(int queuesMax, int accountsMax, int subscriptionsPerAccountMax, int subscriptionsMax) {
        Limits d = Limits.DOCUMENTED;
        return new Limits(
                d.messageBytesMax(),
                d.batchMessagesMax(),
                d.batchBytesMax(),
                d.requestBytesMax(),
                d.jsonDepthMax(),
                d.delaySecondsMax(),
                d.pullMessagesMax(),
                d.deliveryBytesMax(),
                d.visibilityTimeoutMillisMax(),
                d.retentionSecondsMin(),
                d.retentionSecondsMax(),
                d.retriesMax(),
                d.waitTimeMillisMax(),
                d.concurrencyMax(),
                d.ackEntriesMax(),
                d.queuesPerAccountMax(),
                queuesMax,
                accountsMax,
                subscriptionsPerAccountMax,
                subscriptionsMax,
                d.leasesPerQueueMax(),
                d.backlogBytesMax(),
                d.messagesPerSecondMax());
    }
}
