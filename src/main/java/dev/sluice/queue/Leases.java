package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All leases of a queue, by number and by the time of their end.
 *
 * <p>Leases of one pull end at the same time. They are linked in one ring per end, so that a pull costs one entry in
 * the tree of ends and an acknowledgement unlinks its lease without a search.
 */
final class Leases {
    /**
     * A lease and its neighbours in the ring of leases that end at the same time. The head of the ring has no lease.
     */
    private static final class LeaseNode {
        private final @Nullable Lease lease;
        LeaseNode previous = this;
        LeaseNode next = this;

        LeaseNode(@Nullable Lease lease) {
            this.lease = lease;
        }

        Lease lease() {
            return Objects.requireNonNull(lease, "the head of a ring has no lease");
        }

        void linkBefore(LeaseNode head) {
            previous = head.previous;
            next = head;
            previous.next = this;
            head.previous = this;
        }

        void unlink() {
            previous.next = next;
            next.previous = previous;
        }
    }

    private final TreeMap<Long, LeaseNode> bySeq = new TreeMap<>();
    private final TreeMap<Long, LeaseNode> byEnd = new TreeMap<>();

    int size() {
        return bySeq.size();
    }

    @Nullable
    Lease get(long seq) {
        LeaseNode node = bySeq.get(seq);
        return node == null ? null : node.lease();
    }

    /** Returns the lease with the smallest number, or null. */
    @Nullable
    Lease oldest() {
        Map.Entry<Long, LeaseNode> first = bySeq.firstEntry();
        return first == null ? null : first.getValue().lease();
    }

    /** Returns when the first lease ends; {@link Long#MAX_VALUE} if there is none. */
    long firstEndMillis() {
        return byEnd.isEmpty() ? Long.MAX_VALUE : byEnd.firstKey();
    }

    void put(Lease lease) {
        LeaseNode node = new LeaseNode(lease);
        LeaseNode replaced = bySeq.put(lease.header().seq(), node);
        if (replaced != null) {
            detach(replaced);
        }
        node.linkBefore(byEnd.computeIfAbsent(lease.expiresAtMillis(), end -> new LeaseNode(null)));
    }

    /** Removes and returns the lease of a message; null if there was none. */
    @Nullable
    Lease remove(long seq) {
        LeaseNode node = bySeq.remove(seq);
        if (node == null) {
            return null;
        }
        detach(node);
        return node.lease();
    }

    /** Returns leases that end at or before that time, the earliest first. */
    List<Lease> expired(long nowMillis, int limit) {
        List<Lease> expired = new ArrayList<>();
        Map.Entry<Long, LeaseNode> ring = byEnd.firstEntry();
        while (ring != null && ring.getKey() <= nowMillis && expired.size() < limit) {
            LeaseNode head = ring.getValue();
            for (LeaseNode node = head.next; node != head && expired.size() < limit; node = node.next) {
                expired.add(node.lease());
            }
            ring = byEnd.higherEntry(ring.getKey());
        }
        return expired;
    }

    void clear() {
        bySeq.clear();
        byEnd.clear();
    }

    private void detach(LeaseNode node) {
        boolean last = node.previous == node.next;
        node.unlink();
        if (last) {
            byEnd.remove(node.lease().expiresAtMillis());
        }
    }
}
