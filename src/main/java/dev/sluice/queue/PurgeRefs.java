package dev.sluice.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes single messages by number, whether ready, delayed or leased (docs/api.md 6.6).
 *
 * @param seqs from authentic refs of this queue
 */
public record PurgeRefs(List<Long> seqs) implements QueueCommand<List<Boolean>> {
    @Override
    public @Nullable ReadRequest requiredRead(QueueState state, long nowMillis) {
        long[] unknown = seqs.stream()
                .mapToLong(Long::longValue)
                .filter(state.backlog()::needsLookup)
                .toArray();
        return unknown.length == 0 ? null : new ReadRequest(ReadRequest.ReadKind.LOOKUP, 0, 0, unknown.length, unknown);
    }

    /** Returns one boolean per number: whether there was such a message. A repeated number counts as absent. */
    @Override
    public Decision<List<Boolean>> decide(QueueState state, long nowMillis) {
        List<QueueEvent> events = new ArrayList<>(seqs.size());
        List<Boolean> present = new ArrayList<>(seqs.size());
        Set<Long> seen = new HashSet<>();
        for (Long seq : seqs) {
            QueueEvent removal = seen.add(seq) ? state.backlog().removal(seq, QueueEvent.Cause.PURGED) : null;
            if (removal != null) {
                events.add(removal);
            }
            present.add(removal != null);
        }
        return new Decision<>(events, present);
    }
}
