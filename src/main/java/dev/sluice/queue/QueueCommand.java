package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * An operation on one queue. It reads the state and the time, changes nothing, and returns what should happen.
 *
 * <p>Immutable; crosses the event bus by reference.
 *
 * @param <R> type of the reply
 */
public interface QueueCommand<R> {
    /** Returns what must be read before this command can be decided, or null if memory holds enough. */
    default @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
        return null;
    }

    /**
     * Decides. Called only after {@link #requiredRead} returned null for the same state and time.
     *
     * @throws QueueException if the command is refused; nothing changes then
     */
    Decision<R> decide(QueueState state, long nowMillis);
}
