package dev.sluice.runtime.catalog;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.Subscription;
import java.util.List;

/**
 * A change of the catalog. It decides against the current catalog and modifies nothing itself. The catalog verticle
 * stores the result, makes it visible, applies it to the queue, and replies.
 *
 * @param <R> type of the result
 */
public interface CatalogChange<R> {
    /**
     * Decides.
     *
     * @throws dev.sluice.queue.QueueException if the change is refused
     */
    ChangeResult<R> decide(CatalogView catalog, ChangeContext context);

    /** Source of new ids, numbers and times, and the rules in force. */
    interface ChangeContext {
        /** A new id: 32 lower-case hex digits, never used before. */
        String newId();

        /** The number of a new queue, never used before. */
        long newQueueNumber();

        /** Microseconds since the epoch; each value is returned only once. */
        long nowMicros();

        dev.sluice.queue.Limits limits();

        /** Whether queue names must be lower-case. */
        boolean strictNames();
    }

    /**
     * Effects of a change.
     *
     * @param queues new or changed queues
     * @param droppedQueues queues to delete with their messages
     * @param subscriptions new or changed subscriptions
     * @param droppedSubscriptions subscriptions to delete
     * @param tokens new or changed tokens
     * @param droppedTokens tokens to delete
     * @param notified queues that must look for their Workers again
     * @param reply result for the client
     */
    record ChangeResult<R>(
            List<QueueDefinition> queues,
            List<QueueDefinition> droppedQueues,
            List<Subscription> subscriptions,
            List<Subscription> droppedSubscriptions,
            List<StoredToken> tokens,
            List<StoredToken> droppedTokens,
            List<QueueDefinition> notified,
            R reply) {
        /** A result about queues and subscriptions. */
        ChangeResult(
                List<QueueDefinition> queues,
                List<QueueDefinition> droppedQueues,
                List<Subscription> subscriptions,
                List<Subscription> droppedSubscriptions,
                R reply) {
            this(queues, droppedQueues, subscriptions, droppedSubscriptions, List.of(), List.of(), List.of(), reply);
        }

        /** A result about tokens. */
        static <R> ChangeResult<R> tokens(List<StoredToken> tokens, List<StoredToken> dropped, R reply) {
            return new ChangeResult<>(List.of(), List.of(), List.of(), List.of(), tokens, dropped, List.of(), reply);
        }

        /** A result that stores nothing. */
        static <R> ChangeResult<R> notified(List<QueueDefinition> queues, R reply) {
            return new ChangeResult<>(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), queues, reply);
        }

        /** A result with new or changed queues. */
        static <R> ChangeResult<R> queues(List<QueueDefinition> queues, R reply) {
            return new ChangeResult<>(queues, List.of(), List.of(), List.of(), reply);
        }

        /** A result with one new or changed subscription, which is also the reply. */
        static ChangeResult<Subscription> subscription(Subscription subscription) {
            return new ChangeResult<>(List.of(), List.of(), List.of(subscription), List.of(), subscription);
        }
    }
}
