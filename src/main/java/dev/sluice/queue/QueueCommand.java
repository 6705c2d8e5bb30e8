package dev.sluice.queue;

/**
 * Something asked of one queue. Looks at the state and the time, changes nothing, says what should happen.
 *
 * <p>Immutable; crosses the event bus by reference.
 *
 * @param <R> type of the answer
 */
public interface QueueCommand<R> {
    /** What must be read before this command can be decided, or null if memory knows enough. */
    default ReadRequest requiredRead(QueueState state, long nowMillis) {
        return null;
    }

    /**
     * Decides. Called only after {@link #requiredRead} answered null at the same state and time.
     *
     * @throws QueueException if the command is refused; nothing changes then
     */
    Decision<R> decide(QueueState state, long nowMillis);
}
