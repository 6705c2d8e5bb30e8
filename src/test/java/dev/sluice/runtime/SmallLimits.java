package dev.sluice.runtime;

import dev.sluice.queue.Limits;

/** Limits that a test can reach. */
public final class SmallLimits {
    private SmallLimits() {}

    /** The documented limits with so many queues per account. */
    public static Limits queues(int queuesPerAccountMax) {
        return of(Limits.DOCUMENTED.deliveryBytesMax(), queuesPerAccountMax);
    }

    /** The documented limits with answers to pulls and peeks of so many bytes. */
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

    /** The documented limits with so many of everything. */
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
