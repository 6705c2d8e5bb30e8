package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * These messages cannot go to a dead letter queue after all, because there is none any more. They are treated as the current
 * consumer wants it: removed, or put back if there is no consumer (reference 11.4). Only for messages that no dead letter queue is just
 * taking over.
 *
 * @param seqs departing messages, each once; others are ignored
 */
public record CallOffDepartures(List<Long> seqs) implements QueueCommand<Integer> {
    /** Answers how many were called off; none while the consumer names a dead letter queue. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        Consumer consumer = state.consumer();
        if (consumer != null && !consumer.deadLetterQueue().isEmpty()) {
            return Decision.of(0);
        }
        List<QueueEvent> events = new ArrayList<>(seqs.size());
        for (long seq : seqs) {
            Lease lease = state.backlog().departures().get(seq);
            if (lease != null) {
                events.add(state.failed(lease, nowMillis + state.retryDelayMillis(), nowMillis));
            }
        }
        return new Decision<>(events, events.size());
    }
}
