package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Shows the messages that a pull would get now, in its order, without leasing them (docs/api.md 6.5). Needs no consumer, works
 * while paused.
 *
 * @param batchSize 1 … limit, or {@link Pull#FROM_CONSUMER} (5 without a consumer)
 * @param bytesMax of bodies together; the first message is shown even if it is larger
 */
public record Peek(int batchSize, long bytesMax) implements QueueCommand<List<ReadyMessage>> {
    private static final int BATCH_SIZE_DEFAULT = 5;

    /** Too old messages that one peek passes over at most. */
    private static final int SKIPS_MAX = 1_000;

    @Override
    public ReadRequest requiredRead(QueueState state, long nowMillis) {
        return ReadyCursor.requiredRead(state.backlog().windows(), wanted(state), nowMillis);
    }

    @Override
    public Decision<List<ReadyMessage>> decide(QueueState state, long nowMillis) {
        int wanted = wanted(state);
        List<ReadyMessage> shown = new ArrayList<>(wanted);
        ReadyCursor ready = new ReadyCursor(state.backlog().windows(), nowMillis);
        int skipped = 0;
        long bytes = 0;
        while (shown.size() < wanted && skipped < SKIPS_MAX && ready.advance()) {
            if (state.isPastRetention(ready.header(), nowMillis)) {
                skipped++;
                continue;
            }
            bytes += ready.header().bodyBytes();
            if (bytes > bytesMax && !shown.isEmpty()) {
                break;
            }
            shown.add(ready.message());
        }
        return Decision.of(shown);
    }

    private int wanted(QueueState state) {
        if (batchSize != Pull.FROM_CONSUMER) {
            return batchSize;
        }
        return state.consumer() == null
                ? BATCH_SIZE_DEFAULT
                : state.consumer().settings().batchSize();
    }
}
