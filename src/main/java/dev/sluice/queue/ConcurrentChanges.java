package dev.sluice.queue;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The changes beyond the bound of a {@link Window} while a read is in progress. */
final class ConcurrentChanges<E> {
    /** A number takes a fraction of the memory of an element. */
    private static final int REMOVALS_PER_ADDITION = 4;

    private final IndexOrder<E> order;
    private final int capacity;
    /** Null until something is removed, which is rare. */
    private @Nullable Set<Long> removed;

    private final SortedRing<E> added;
    private @Nullable E dropped;

    /**
     * An empty set of changes.
     *
     * @param capacity additions to keep at most
     */
    ConcurrentChanges(IndexOrder<E> order, int capacity) {
        this.order = order;
        this.capacity = capacity;
        this.added = new SortedRing<>(order);
    }

    /** Records an addition; the rows may not contain it yet. */
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

    /**
     * Records a removal; the rows may still contain the element. Returns false if there is no room to record it: the
     * rows must then be discarded.
     */
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

    /** Additions, the smallest first. */
    SortedRing<E> added() {
        return added;
    }

    /** Returns the smallest addition that was not kept for lack of room, or null. From it on nothing is known. */
    @Nullable
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
