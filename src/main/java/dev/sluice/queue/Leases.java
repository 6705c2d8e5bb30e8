package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every message in the hands of a consumer, by number and by the end of its lease.
 *
 * <p>Leases of one pull end at the same time. They hang in one ring per end, so that a pull costs one entry in the tree of ends and an
 * acknowledgement unlinks its lease without a search.
 */
final class Leases {
    /** A lease and its neighbours in the ring of those that end at the same time; the ring's head has no lease. */
    private static final class LeaseNode {
        final Lease lease;
        LeaseNode before = this;
        LeaseNode after = this;

        LeaseNode(Lease lease) {
            this.lease = lease;
        }

        void linkBefore(LeaseNode head) {
            before = head.before;
            after = head;
            before.after = this;
            head.before = this;
        }

        void unlink() {
            before.after = after;
            after.before = before;
        }
    }

    private final TreeMap<Long, LeaseNode> bySeq = new TreeMap<>();
    private final TreeMap<Long, LeaseNode> byEnd = new TreeMap<>();

    int size() {
        return bySeq.size();
    }

    /** The lease of that message, or null. */
    Lease get(long seq) {
        LeaseNode held = bySeq.get(seq);
        return held == null ? null : held.lease;
    }

    /** The lease of the smallest number, or null. */
    Lease oldest() {
        Map.Entry<Long, LeaseNode> first = bySeq.firstEntry();
        return first == null ? null : first.getValue().lease;
    }

    /** When the first lease ends, {@link Long#MAX_VALUE} if there is none. */
    long firstEndMillis() {
        return byEnd.isEmpty() ? Long.MAX_VALUE : byEnd.firstKey();
    }

    void put(Lease lease) {
        LeaseNode held = new LeaseNode(lease);
        LeaseNode former = bySeq.put(lease.header().seq(), held);
        if (former != null) {
            detach(former);
        }
        held.linkBefore(byEnd.computeIfAbsent(lease.expiresAtMillis(), end -> new LeaseNode(null)));
    }

    /** Ends the lease of a message; answers it, or null if there was none. */
    Lease remove(long seq) {
        LeaseNode held = bySeq.remove(seq);
        if (held == null) {
            return null;
        }
        detach(held);
        return held.lease;
    }

    /** Leases that end at or before that time, the earliest first, so many at most. */
    List<Lease> ended(long nowMillis, int limit) {
        List<Lease> ended = new ArrayList<>();
        Map.Entry<Long, LeaseNode> ring = byEnd.firstEntry();
        while (ring != null && ring.getKey() <= nowMillis && ended.size() < limit) {
            LeaseNode head = ring.getValue();
            for (LeaseNode held = head.after; held != head && ended.size() < limit; held = held.after) {
                ended.add(held.lease);
            }
            ring = byEnd.higherEntry(ring.getKey());
        }
        return ended;
    }

    void clear() {
        bySeq.clear();
        byEnd.clear();
    }

    private void detach(LeaseNode held) {
        boolean last = held.before == held.after;
        held.unlink();
        if (last) {
            byEnd.remove(held.lease.expiresAtMillis());
        }
    }
}
