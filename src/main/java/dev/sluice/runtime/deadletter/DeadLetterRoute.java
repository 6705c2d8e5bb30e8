package dev.sluice.runtime.deadletter;

import dev.sluice.queue.QueueDefinition;

/** Follows dead letters from queue to queue by the names of dead letter queues. */
public final class DeadLetterRoute {
    /** Longer routes count as cyclic: to follow them for every transfer would cost more than the transfer. */
    private static final int QUEUES_MAX = 1_000;

    private DeadLetterRoute() {}

    /** Finds queues by name. */
    public interface QueueLookup {
        /** Returns the queue of a name in an account, or null. */
        QueueDefinition findByName(String accountId, String name);
    }

    /**
     * Whether dead letters of {@code from} reach the queue of that number, directly or through other queues. A route
     * may also end in a cycle that does not contain that queue.
     */
    public static boolean reaches(QueueDefinition from, long toNumber, QueueLookup queues) {
        QueueDefinition fast = from;
        // Cycle detection with two pointers of different speed: in a cycle they meet.
        QueueDefinition slow = from;
        for (int steps = 0; fast != null; steps++) {
            if (fast.number() == toNumber || steps == QUEUES_MAX) {
                return true;
            }
            fast = next(fast, queues);
            if (steps % 2 == 1) {
                slow = next(slow, queues);
                if (fast != null && slow != null && fast.number() == slow.number()) {
                    return fast.number() == toNumber;
                }
            }
        }
        return false;
    }

    private static QueueDefinition next(QueueDefinition queue, QueueLookup queues) {
        boolean isEnd =
                queue.consumer() == null || queue.consumer().deadLetterQueue().isEmpty();
        return isEnd
                ? null
                : queues.findByName(queue.accountId(), queue.consumer().deadLetterQueue());
    }
}
