package dev.sluice.queue;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges and retries leases by the rules of docs/api.md 11.6: acks first, then retries. A second occurrence of a
 * token is ignored with a warning.
 *
 * @param acks authentic leases of this queue (the edge has added warnings for all others)
 * @param retries authentic leases of this queue with their delay
 */
public record Ack(List<LeaseId> acks, List<Retry> retries) implements QueueCommand<Ack.AckReply> {
    /**
     * One retry.
     *
     * @param delaySeconds 0 … 86400, or {@link NewMessage#DELAY_UNSET} for the consumer's {@code retry_delay}
     */
    public record Retry(LeaseId lease, int delaySeconds) {}

    /** Why an entry had no effect. */
    public enum Warning {
        DUPLICATE,
        /** A retry came too late: there is a newer lease of the message. */
        SUPERSEDED,
        /** A retry came too late: the message is removed. */
        GONE,
        /** No such message was ever stored in this queue. */
        UNKNOWN
    }

    /**
     * The result.
     *
     * @param ackWarnings one entry per element of {@code acks}, null where there is no warning
     * @param retryWarnings likewise for {@code retries}
     */
    public record AckReply(
            int ackCount, int retryCount, List<@Nullable Warning> ackWarnings, List<@Nullable Warning> retryWarnings) {}

    /**
     * Requires messages that memory does not hold: their leases ended and they are scheduled again, or they are
     * removed.
     */
    @Override
    public @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
        int entries = acks.size() + retries.size();
        long @Nullable [] unknown = null;
        int count = 0;
        for (int i = 0; i < entries; i++) {
            long seq = seq(i);
            if (state.backlog().needsLookup(seq)) {
                if (unknown == null) {
                    unknown = new long[entries];
                }
                unknown[count++] = seq;
            }
        }
        return unknown == null
                ? null
                : new ReadRequest(ReadRequest.ReadKind.LOOKUP, 0, 0, count, Arrays.copyOf(unknown, count));
    }

    @Override
    public Decision<AckReply> decide(QueueState state, long nowMillis) {
        Settlement settlement = new Settlement(state, nowMillis, acks.size() + retries.size());
        @Nullable Warning[] ackWarnings = new Warning[acks.size()];
        for (int i = 0; i < acks.size(); i++) {
            ackWarnings[i] = settlement.ack(acks.get(i));
        }
        @Nullable Warning[] retryWarnings = new Warning[retries.size()];
        for (int i = 0; i < retries.size(); i++) {
            retryWarnings[i] = settlement.retry(retries.get(i));
        }
        return new Decision<>(
                settlement.events(),
                new AckReply(
                        settlement.ackCount(),
                        settlement.retryCount(),
                        Arrays.asList(ackWarnings),
                        Arrays.asList(retryWarnings)));
    }

    private long seq(int entry) {
        return entry < acks.size()
                ? acks.get(entry).seq()
                : retries.get(entry - acks.size()).lease().seq();
    }
}
