package dev.sluice.runtime.deadletter;

import dev.sluice.queue.QueueDefinition;

/**
 * Moves the dead-lettering messages of a queue to its dead letter queue. Retries without limit: the queue keeps a message
 * until the other queue has it. Confined to the queue's scheduler.
 */
public interface DeadLetterSending {
    /**
     * Applies a new definition. Without a consumer, messages that are already dead-lettering still go to the queue
     * chosen before.
     */
    void configure(QueueDefinition definition);

    /** Starts a transfer unless one is in progress or nothing is dead-lettering. */
    void sendNext();

    /** Starts no further transfer. Dead-lettering messages are found as leases when the queue is loaded again. */
    void close();
}
