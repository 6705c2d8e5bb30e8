package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The first step of a pull: which messages it would get, in (available since, publish) order (docs/api.md 6.3). Leases nothing, so that their
 * contents can be read and measured before a delivery counts; {@link Pull} is the second step. Deletes what it meets past its retention.
 *
 * @param batchSize 1 … limit, or {@link Pull#FROM_CONSUMER}
 * @param consumerType which type of consumer asks: refused with PULL_NOT_ENABLED unless the queue's consumer is of that type,
 *     with DELIVERY_PAUSED while delivery is paused (checked in that order)
 * @param bytesMax of bodies together; the first message is a candidate even if it is larger
 * @param reserved numbers of messages that other pulls are about to lease; read only while the command runs
 */
public record PullCandidates(int batchSize, ConsumerType consumerType, long bytesMax, Set<Long> reserved)
        implements QueueCommand<List<ReadyMessage>> {
    /** Too old messages that one pull removes at most; {@link Expire} gets the rest. */
    private static final int REMOVALS_MAX = 1_000;

    /** Asks for nothing if the pull is going to be refused. */
    @Override
    public ReadRequest requiredRead(QueueState state, long nowMillis) {
        return Pull.isEnabled(state, consumerType) && !state.settings().deliveryPaused()
                ? ReadyCursor.requiredRead(state.backlog().windows(), wanted(state) + reserved.size(), nowMillis)
                : null;
    }

    /**
     * Decides. There are fewer candidates than asked for if no more are ready, if their bodies reach the bound, if the queue has as many
     * leases as it may have, or if memory has no room for more at a time.
     *
     * @throws QueueException PULL_NOT_ENABLED, DELIVERY_PAUSED
     */
    @Override
    public Decision<List<ReadyMessage>> decide(QueueState state, long nowMillis) {
        Pull.requireEnabled(state, consumerType);
        int wanted = wanted(state);
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

    private int wanted(QueueState state) {
        int size = batchSize == Pull.FROM_CONSUMER ? state.consumer().settings().batchSize() : batchSize;
        return Math.min(size, Pull.leasesLeft(state) - reserved.size());
    }
}
