package dev.sluice.queue;

import java.util.HashSet;
import java.util.Set;

/** What happened beyond the bound of a {@link Window} while a read was under way. */
final class ConcurrentChanges<E> {
    /** A number takes a fraction of an element. */
    private static final int REMOVALS_PER_ADDITION = 4;

    private final IndexOrder<E> order;
    private final int capacity;
    /** Null as long as nothing was removed, which is nearly always. */
    private Set<Long> removed;

    private final SortedRing<E> added;
    private E dropped;

    /**
     * Nothing happened yet.
     *
     * @param capacity additions to keep at most
     */
    ConcurrentChanges(IndexOrder<E> order, int capacity) {
        this.order = order;
        this.capacity = capacity;
        this.added = new SortedRing<>(order);
    }

    /** The rows may not show this element yet. */
    void add(E element) {
        if (added.size() < capacity) {
            added.insert(element);
        } else if (dropped == null
                || IndexOrder.compare(
                                order.millis(element), order.seq(element), order.millis(dropped), order.seq(dropped))
                        < 0) {
            dropped = element;
        }
    }

    /** The rows may still show this element. Answers false if there is no room to remember that: the rows are worth nothing. */
    boolean remove(long millis, long seq) {
        added.remove(millis, seq);
        if (removed == null) {
            removed = new HashSet<>();
        }
        removed.add(seq);
        return removed.size() <= REMOVALS_PER_ADDITION * capacity;
    }

    boolean wasRemoved(long seq) {
        return removed != null && removed.contains(seq);
    }

    /** Additions, smallest first. */
    SortedRing<E> added() {
        return added;
    }

    /** The smallest addition for which there was no room, or null; nothing is known from it on. */
    E dropped() {
        return dropped;
    }

    void clear() {
        removed = null;
        dropped = null;
        if (added.size() > 0) {
            added.clear();
        }
    }
}
