package dev.sluice.runtime.catalog;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.Subscription;
import java.util.List;

/**
 * Something that changes the catalog. Decides against the catalog as it is and changes nothing itself; the catalog's verticle
 * stores the outcome, shows it to readers, puts it in force, and answers.
 *
 * @param <R> type of the answer
 */
public interface CatalogChange<R> {
    /**
     * Decides.
     *
     * @throws dev.sluice.queue.QueueException if the change is refused
     */
    ChangeResult<R> decide(CatalogView catalog, ChangeContext desk);

    /** Where new things get their ids, numbers and times from, and which rules hold. */
    interface ChangeContext {
        /** 32 lower-case hex digits, never given before. */
        String newId();

        /** The number of a new queue, never given before. */
        long newQueueNumber();

        /** Microseconds since the epoch; never the same twice. */
        long nowMicros();

        /** The limits in force. */
        dev.sluice.queue.Limits limits();

        /** Whether queue names must be lower-case. */
        boolean strictNames();
    }

    /**
     * What a change leads to.
     *
     * @param queues new or changed queues
     * @param droppedQueues queues that go, with their messages
     * @param subscriptions new or changed subscriptions
     * @param droppedSubscriptions subscriptions that go
     */
    record ChangeResult<R>(
            List<QueueDefinition> queues,
            List<QueueDefinition> droppedQueues,
            List<Subscription> subscriptions,
            List<Subscription> droppedSubscriptions,
            R reply) {
        /** An outcome that puts queues and answers. */
        static <R> ChangeResult<R> queues(List<QueueDefinition> queues, R reply) {
            return new ChangeResult<>(queues, List.of(), List.of(), List.of(), reply);
        }

        /** An outcome that puts a subscription and answers it. */
        static ChangeResult<Subscription> subscription(Subscription subscription) {
            return new ChangeResult<>(List.of(), List.of(), List.of(subscription), List.of(), subscription);
        }
    }
}
