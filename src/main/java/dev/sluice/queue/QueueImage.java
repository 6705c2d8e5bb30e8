package dev.sluice.queue;

import java.util.List;

/**
 * What the store keeps of a queue that memory needs to start: its size is what is in flight, not the backlog.
 *
 * @param head the head as of the last commit, corrected by nothing
 * @param leases every lease on disk, in order of seq, including those that were departing
 * @param departed messages that a dead letter queue took over but that {@code head} still counts
 */
public record QueueImage(QueueHead head, List<Lease> leases, List<MessageHeader> departed) {
    /** A queue that never held a message. */
    public static final QueueImage NEW = new QueueImage(QueueHead.NEW, List.of(), List.of());
}
