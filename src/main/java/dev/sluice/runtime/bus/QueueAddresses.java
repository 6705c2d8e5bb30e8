package dev.sluice.runtime.bus;

/** Names on the event bus. */
final class QueueAddresses {
    private QueueAddresses() {}

    /** Where the verticle of a queue listens. */
    static String of(long queueNumber) {
        return "sluice.queue." + queueNumber;
    }
}
