package dev.sluice.queue;

import java.util.List;

/**
 * What a queue loads from the store at start. Its size grows with the messages in flight, not with the backlog.
 *
 * @param head the head as of the last commit, as stored
 * @param leases every lease on disk, in order of seq, including messages that were being dead-lettered
 * @param deadLettered messages that a dead letter queue took over but that {@code head} still counts
 * @param move the last move of dead letters to a queue that is stored apart
 */
public record QueueImage(QueueHead head, List<Lease> leases, List<MessageHeader> deadLettered, DeadLetterMove move) {
    /** A queue without moves. */
    public QueueImage(QueueHead head, List<Lease> leases, List<MessageHeader> deadLettered) {
        this(head, leases, deadLettered, DeadLetterMove.NONE);
    }

    /** A queue that never had a message. */
    public static final QueueImage NEW = new QueueImage(QueueHead.NEW, List.of(), List.of());
}
