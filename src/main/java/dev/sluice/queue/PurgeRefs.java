package dev.sluice.queue;

import java.util.List;

/**
 * Deletes single messages, ready, delayed or leased, by number (reference 6.6).
 *
 * @param seqs from authentic refs of this queue
 */
public record PurgeRefs(List<Long> seqs) implements QueueCommand<List<Boolean>> {
    /** Answers one boolean per seq: whether there was such a message (a duplicate in the list counts as absent). */
    @Override
    public Decision<List<Boolean>> decide(QueueState state, long nowMillis) {
        throw new UnsupportedOperationException("skeleton");
    }
}
