package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Returns the messages that a pull would get now, in its order, without leasing them (docs/api.md 6.5). Needs no
 * consumer and works while delivery is paused.
 *
 * @param batchSize 1 … limit, or {@link Pull#FROM_CONSUMER} (5 without a consumer)
 * @param bytesMax sum of the bodies; the first message is returned even if it is larger
 */
public record Peek(int batchSize, long bytesMax) implements QueueCommand<List<ReadyMessage>> {
    private static final int BATCH_SIZE_DEFAULT = 5;

    /** Messages past their retention that one peek skips at most. */
    private static final int SKIPS_MAX = 1_000;

    @Override
    public @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
        return ReadyCursor.requiredRead(state.backlog().windows(), wanted(state), nowMillis);
    }

    @Override
    public Decision<List<ReadyMessage>> decide(QueueState state, long nowMillis) {
        int wanted = wanted(state);
        List<ReadyMessage> messages = new ArrayList<>(wanted);
        ReadyCursor ready = new ReadyCursor(state.backlog().windows(), nowMillis);
        int skippedCount = 0;
        long bytes = 0;
        while (messages.size() < wanted && skippedCount < SKIPS_MAX && ready.advance()) {
            if (state.isPastRetention(ready.header(), nowMillis)) {
                skippedCount++;
                continue;
            }
            bytes += ready.header().bodyBytes();
            if (bytes > bytesMax && !messages.isEmpty()) {
                break;
            }
            messages.add(ready.message());
        }
        return Decision.of(messages);
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
