package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first step of a pull: returns the messages that it would get, in the order (available since, seq) (docs/api.md
 * 6.3). Leases nothing, so that the contents can be read and measured before a delivery counts; {@link Pull} is the
 * second step. Removes the messages past their retention that it finds.
 *
 * @param batchSize 1 … limit, or {@link Pull#FROM_CONSUMER}
 * @param consumerType which type of consumer asks: refused with PULL_NOT_ENABLED unless the queue's consumer is of
 *     that type, with DELIVERY_PAUSED while delivery is paused (checked in that order)
 * @param bytesMax sum of the bodies; the first message is a candidate even if it is larger
 * @param reserved numbers of messages that other pulls are about to lease; read only while the command runs
 */
public record PullCandidates(int batchSize, ConsumerType consumerType, long bytesMax, Set<Long> reserved)
        implements QueueCommand<List<ReadyMessage>> {
    /** Messages past their retention that one pull removes at most; {@link Expire} removes the rest. */
    private static final int REMOVALS_MAX = 1_000;

    /** Requires nothing if the pull will be refused. */
    @Override
    public @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
        Consumer consumer = Pull.consumerOfType(state, consumerType);
        return consumer != null && !state.settings().deliveryPaused()
                ? ReadyCursor.requiredRead(
                        state.backlog().windows(), wanted(state, consumer) + reserved.size(), nowMillis)
                : null;
    }

    /**
     * Returns fewer candidates than requested if no more are ready, if their bodies reach {@code bytesMax}, if the
     * queue has reached its limit of leases, or if memory holds no more at a time.
     *
     * @throws QueueException PULL_NOT_ENABLED, DELIVERY_PAUSED
     */
    @Override
    public Decision<List<ReadyMessage>> decide(QueueState state, long nowMillis) {
        int wanted = wanted(state, Pull.requireEnabled(state, consumerType));
        List<ReadyMessage> candidates = new ArrayList<>(Math.max(0, wanted));
        List<QueueEvent> removals = new ArrayList<>(0);
        long bytes = 0;
        ReadyCursor ready = new ReadyCursor(state.backlog().windows(), nowMillis);
        while (candidates.size() < wanted && removals.size() < REMOVALS_MAX && ready.advance()) {
            MessageHeader header = ready.header();
            if (!reserved.isEmpty() && reserved.contains(header.seq())) {
                continue;
            }
            if (state.isPastRetention(header, nowMillis)) {
                removals.add(Pull.removal(ready.message()));
                continue;
            }
            bytes += header.bodyBytes();
            if (bytes > bytesMax && !candidates.isEmpty()) {
                break;
            }
            candidates.add(ready.message());
        }
        return new Decision<>(removals, candidates);
    }

    private int wanted(QueueState state, Consumer consumer) {
        int size = batchSize == Pull.FROM_CONSUMER ? consumer.settings().batchSize() : batchSize;
        return Math.min(size, Pull.leasesLeft(state) - reserved.size());
    }
}
