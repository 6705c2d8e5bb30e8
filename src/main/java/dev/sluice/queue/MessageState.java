package dev.sluice.queue;

/** What a stored message waits for. */
public enum MessageState {
    /** For a consumer. */
    READY,
    /** For the end of its delay. */
    DELAYED,
    /** For its acknowledgement, or on its way to the dead letter queue. */
    LEASED
}
