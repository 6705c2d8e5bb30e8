package dev.sluice.runtime.deadletter;

import dev.sluice.queue.QueueDefinition;

/** Where dead letters go in the end: from queue to queue by the names of dead letter queues. */
public final class DeadLetterRoute {
    /** Longer routes count as leading back: following them for every move would cost more than the moves. */
    private static final int QUEUES_MAX = 1_000;

    private DeadLetterRoute() {}

    /** The queue of a name in an account, or null. */
    public interface Names {
        /** Looks it up. */
        QueueDefinition findByName(String accountId, String name);
    }

    /**
     * Whether dead letters of a queue reach the queue of that number, sooner or later. A route may run into a circle that leaves that queue
     * out.
     */
    public static boolean leads(QueueDefinition from, long toNumber, Names queues) {
        QueueDefinition at = from;
        // Of a pair that moves at different speeds, the fast one meets the slow one in any circle.
        QueueDefinition slow = from;
        for (int steps = 0; at != null; steps++) {
            if (at.number() == toNumber || steps == QUEUES_MAX) {
                return true;
            }
            at = next(at, queues);
            if (steps % 2 == 1) {
                slow = next(slow, queues);
                if (at != null && slow != null && at.number() == slow.number()) {
                    return at.number() == toNumber;
                }
            }
        }
        return false;
    }

    private static QueueDefinition next(QueueDefinition queue, Names queues) {
        boolean ends =
                queue.consumer() == null || queue.consumer().deadLetterQueue().isEmpty();
        return ends
                ? null
                : queues.findByName(queue.accountId(), queue.consumer().deadLetterQueue());
    }
}
