package dev.sluice.queue;

import java.util.List;

/**
 * Acknowledges and retries leases by the rules of reference 11.6: acks first, then retries, second occurrences of a token
 * ignored with a warning.
 *
 * @param acks authentic leases of this queue (the edge has warned about all others)
 * @param retries authentic leases of this queue with their delay
 */
public record Ack(List<LeaseId> acks, List<Retry> retries) implements QueueCommand<Ack.Reply> {
    /**
     * One retry.
     *
     * @param delaySeconds 0 … 86400, or {@link NewMessage#DELAY_UNSET} for the consumer's {@code retry_delay}
     */
    public record Retry(LeaseId lease, int delaySeconds) {}

    /** Why an entry did nothing. */
    public enum Warning {
        DUPLICATE,
        /** A retry came too late: someone else holds a newer lease. */
        SUPERSEDED,
        /** A retry came too late: the message is gone. */
        GONE,
        /** No such message was ever stored here. */
        UNKNOWN
    }

    /**
     * What happened.
     *
     * @param ackWarnings one entry per element of {@code acks}, null where there is nothing to warn of
     * @param retryWarnings likewise for {@code retries}
     */
    public record Reply(int ackCount, int retryCount, List<Warning> ackWarnings, List<Warning> retryWarnings) {}

    @Override
    public Decision<Reply> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
