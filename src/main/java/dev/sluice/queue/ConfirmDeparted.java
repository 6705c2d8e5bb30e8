package dev.sluice.queue;

import java.util.List;

/** The dead letter queue has these messages; the origin stops counting them. Unknown ones are ignored. */
public record ConfirmDeparted(List<Long> seqs) implements QueueCommand<Integer> {
    /** Answers how many were still counted. */
    @Override
    public Decision<Integer> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
