package dev.sluice.runtime.bus;

/** Event bus addresses. */
final class QueueAddresses {
    private QueueAddresses() {}

    /** The address of a queue's verticle. */
    static String of(long queueNumber) {
        return "sluice.queue." + queueNumber;
    }
}
