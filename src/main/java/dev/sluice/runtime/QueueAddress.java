package dev.sluice.runtime;

/** Names on the event bus. */
final class QueueAddress {
    private QueueAddress() {}

    /** Where the verticle of a queue listens. */
    static String of(long queueNumber) {
        return "sluice.queue." + queueNumber;
    }
}
