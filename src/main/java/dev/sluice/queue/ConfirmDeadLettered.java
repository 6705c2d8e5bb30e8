package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Confirms that the dead letter queue has these messages. The original queue stops counting them and deletes their
 * markers. For messages that a purge has already subtracted only the markers are deleted; other unknown numbers are
 * ignored.
 */
public record ConfirmDeadLettered(List<Long> seqs) implements QueueCommand<Integer> {
    /** Returns how many were still counted. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        Backlog backlog = state.backlog();
        List<QueueEvent> events = new ArrayList<>(seqs.size());
        int counted = 0;
        for (int i = 0; i < seqs.size(); i++) {
            long seq = seqs.get(i);
            MessageHeader header = backlog.deadLetterTransfers().header(seq);
            if (header != null) {
                counted++;
                events.add(new QueueEvent.DeadLettered(header));
            } else if (seq < backlog.purgedBelowSeq()) {
                // The purge was stored before the batch of the dead letter queue, which wrote its marker afterwards.
                // Only the number matters.
                events.add(new QueueEvent.DeadLettered(new MessageHeader(seq, 0, 0, 0, false)));
            }
        }
        return new Decision<>(events, counted);
    }
}
