package dev.sluice.runtime.deadletter;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import org.jspecify.annotations.Nullable;

/** Follows dead letters from queue to queue by the names of dead letter queues. */
public final class DeadLetterRoute {
    /** Longer routes count as cyclic: to follow them for every transfer would cost more than the transfer. */
    private static final int QUEUES_MAX = 1_000;

    private DeadLetterRoute() {}

    /** Finds queues by name. */
    public interface QueueLookup {
        /** Returns the queue of a name in an account, or null. */
        @Nullable
        QueueDefinition findByName(String accountId, String name);
    }

    /**
     * Whether dead letters of {@code from} reach the queue of that number, directly or through other queues. A route
     * may also end in a cycle that does not contain that queue.
     */
    public static boolean reaches(QueueDefinition from, long toNumber, QueueLookup queues) {
        @Nullable QueueDefinition fast = from;
        // Cycle detection with two pointers of different speed: in a cycle they meet.
        @Nullable QueueDefinition slow = from;
        for (int steps = 0; fast != null; steps++) {
            if (fast.number() == toNumber || steps == QUEUES_MAX) {
                return true;
            }
            fast = next(fast, queues);
            if (steps % 2 == 1 && slow != null) {
                slow = next(slow, queues);
                if (fast != null && slow != null && fast.number() == slow.number()) {
                    return fast.number() == toNumber;
                }
            }
        }
        return false;
    }

    private static @Nullable QueueDefinition next(QueueDefinition queue, QueueLookup queues) {
        Consumer consumer = queue.consumer();
        return consumer == null || consumer.deadLetterQueue().isEmpty()
                ? null
                : queues.findByName(queue.accountId(), consumer.deadLetterQueue());
    }
}
