package dev.sluice.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of an ordered index on disk that memory holds: everything below a <i>bound</i>.
 *
 * <pre>
 *   index    a  b  c  d  e  f  g  h  …        all members, on disk
 *   window   a  b  c  d │                     bound: key of e; infinite when there are no more members
 *                        └─ a read starts here
 * </pre>
 *
 * <p>An addition below the bound goes into the window; one beyond it is on disk only. When the window exceeds its
 * capacity, or the memory budget refuses more, the greatest element is dropped from memory and becomes the bound.
 *
 * <p>A read moves the bound up. While it is in progress, removals beyond the bound are recorded, because the rows may
 * still contain them, and additions beyond the bound are kept, because the rows may not contain them yet. If the bound
 * moves during a read, the rows no longer adjoin the window and are discarded. Then the window is either full or
 * complete, so they are not needed.
 *
 * <p>Not safe for use from several threads.
 */
final class Window<E> {
    /**
     * This many elements are charged to the memory budget but never refused by it: a queue cannot work without them.
     */
    static final int GUARANTEED = 128;

    /** Bytes charged per element: header, wrapper, slot of the array. */
    static final int ELEMENT_BYTES = 96;

    /** Elements charged at once, to reduce contention on the shared budget. */
    static final int CHARGE_ELEMENTS = 16;

    private static final long INFINITE = Long.MAX_VALUE;

    private final IndexOrder<E> order;
    private final Class<E> type;
    private final int capacity;
    private final int guaranteed;
    private final ByteBudget budget;
    private final SortedRing<E> elements;

    private long boundMillis;
    private long boundSeq;
    /** An element at or just below the bound: nothing beyond the bound was stored earlier. Null if unknown. */
    private @Nullable E edge;
    /** How many elements to read up to: less than the capacity after the budget refused more. */
    private int targetSize;
    /** Elements charged to the budget. */
    private int charged;

    private boolean reading;
    private boolean readDiscarded;
    private final ConcurrentChanges<E> changes;

    /**
     * An empty window.
     *
     * @param capacity elements at most, from 1
     * @param guaranteed elements that the budget never refuses
     * @param fromMillis first part of the key below which the index has no members
     * @param fromSeq second part of that key
     */
    Window(
            IndexOrder<E> order,
            Class<E> type,
            int capacity,
            int guaranteed,
            ByteBudget budget,
            long fromMillis,
            long fromSeq) {
        this.order = order;
        this.type = type;
        this.capacity = capacity;
        this.guaranteed = Math.min(guaranteed, capacity);
        this.budget = budget;
        this.elements = new SortedRing<>(order);
        this.changes = new ConcurrentChanges<>(order, capacity);
        this.targetSize = capacity;
        this.boundMillis = fromMillis;
        this.boundSeq = fromSeq;
    }

    int size() {
        return elements.size();
    }

    /** Returns the smallest element, or null. */
    @Nullable
    E first() {
        return elements.size() == 0 ? null : elements.get(0);
    }

    /** Returns the element at that index, from 0, in order. */
    E get(int index) {
        return elements.get(index);
    }

    /** Returns how many elements in memory have a smaller key. */
    int sizeBelow(long millis, long seq) {
        return elements.sizeBelow(millis, seq);
    }

    /**
     * Returns the element with that key; null if there is none or memory does not cover the key, see {@link #covers}.
     */
    @Nullable
    E find(long millis, long seq) {
        return elements.find(millis, seq);
    }

    /** Returns whether memory holds every member with that key. */
    boolean covers(long millis, long seq) {
        return IndexOrder.compare(millis, seq, boundMillis, boundSeq) < 0;
    }

    /** Returns whether every member of the index is in memory. */
    boolean isComplete() {
        return boundMillis == INFINITE && boundSeq == INFINITE;
    }

    /** Returns whether the index may have members and not even the first one is in memory. */
    boolean isHeadUnknown() {
        return elements.size() == 0 && !isComplete();
    }

    /** Returns whether fewer elements than wanted are in memory and a read could add some. */
    boolean lacks(int wanted) {
        return !isComplete() && elements.size() < Math.min(wanted, guaranteed);
    }

    /** Returns whether a read ahead should start. */
    boolean isLow() {
        return !isComplete() && !reading && elements.size() < (targetSize + 1) / 2;
    }

    /** First part of the key from which on memory holds nothing. */
    long boundMillis() {
        return boundMillis;
    }

    /** Second part of that key. */
    long boundSeq() {
        return boundSeq;
    }

    /** Returns an element that was stored no later than anything beyond the bound, or null if none is known. */
    @Nullable
    E edge() {
        return edge;
    }

    /**
     * Returns the number of rows that a read should request: up to twice what the budget allowed last time, so that
     * the window grows again when there is memory.
     */
    int room() {
        return Math.max(1, (int) Math.min(capacity, 2L * targetSize) - elements.size());
    }

    /** A member was added to the index. */
    void add(E element) {
        if (covers(order.millis(element), order.seq(element))) {
            insert(element);
        } else if (reading && !readDiscarded) {
            changes.add(element);
        }
    }

    /** A member was removed from the index. */
    void remove(long millis, long seq) {
        if (covers(millis, seq)) {
            elements.remove(millis, seq);
            releaseUnused();
        } else if (reading && !readDiscarded) {
            if (!changes.remove(millis, seq)) {
                discardRead();
            }
        }
    }

    /** Compares with the number of members: if all are in memory, nothing lies beyond the bound. */
    void updateCount(long members) {
        if (members == elements.size() && !isComplete()) {
            complete();
        }
    }

    /** Empties the window because the index is empty. */
    void clear() {
        elements.clear();
        releaseUnused();
        complete();
    }

    /** Releases the memory. The window must not be used afterwards. */
    void close() {
        elements.clear();
        budget.release((long) charged * ELEMENT_BYTES);
        charged = 0;
    }

    /** Starts a read from that key on. */
    void begin(long fromMillis, long fromSeq) {
        if (reading) {
            throw new IllegalStateException("a read of this window is under way");
        }
        reading = true;
        readDiscarded = fromMillis != boundMillis || fromSeq != boundSeq;
        targetSize = (int) Math.min(capacity, 2L * targetSize);
    }

    /**
     * Ends a read with its rows.
     *
     * @param last whether the index has no rows behind them; if it may have, there is at least one row
     */
    void supply(List<?> rows, boolean last) {
        if (!reading) {
            throw new IllegalStateException("no read of this window is under way");
        }
        reading = false;
        if (!readDiscarded) {
            moveBound(rows, last);
            for (int i = 0; i < rows.size(); i++) {
                E row = type.cast(rows.get(i));
                if (!changes.wasRemoved(order.seq(row))) {
                    add(row);
                }
            }
            SortedRing<E> added = changes.added();
            for (int i = 0; i < added.size(); i++) {
                add(added.get(i));
            }
        }
        changes.clear();
    }

    /** Ends a read without rows. */
    void abandon() {
        reading = false;
        changes.clear();
    }

    private void moveBound(List<?> rows, boolean last) {
        if (last) {
            boundMillis = INFINITE;
            boundSeq = INFINITE;
            edge = null;
        } else {
            edge = type.cast(rows.get(rows.size() - 1));
            boundMillis = order.millis(edge);
            boundSeq = order.seq(edge) + 1;
        }
        E dropped = changes.dropped();
        if (dropped != null && covers(order.millis(dropped), order.seq(dropped))) {
            setBound(dropped);
        }
    }

    private void insert(E element) {
        if (elements.insert(element) && (elements.size() > capacity || !charge())) {
            setBound(elements.removeLast());
            if (reading) {
                discardRead();
            }
        }
    }

    private void setBound(E element) {
        edge = element;
        boundMillis = order.millis(element);
        boundSeq = order.seq(element);
    }

    private void complete() {
        boundMillis = INFINITE;
        boundSeq = INFINITE;
        edge = null;
        discardRead();
    }

    private void discardRead() {
        readDiscarded = true;
        changes.clear();
    }

    private boolean charge() {
        if (elements.size() <= charged) {
            return true;
        }
        if (elements.size() <= guaranteed) {
            budget.reserve((long) CHARGE_ELEMENTS * ELEMENT_BYTES);
        } else if (!budget.tryReserve((long) CHARGE_ELEMENTS * ELEMENT_BYTES)) {
            targetSize = Math.max(guaranteed, elements.size() - 1);
            return false;
        }
        charged += CHARGE_ELEMENTS;
        return true;
    }

    private void releaseUnused() {
        while (charged - elements.size() >= 2 * CHARGE_ELEMENTS) {
            charged -= CHARGE_ELEMENTS;
            budget.release((long) CHARGE_ELEMENTS * ELEMENT_BYTES);
        }
    }
}
