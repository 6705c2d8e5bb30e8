package dev.sluice.queue;

import java.util.List;

/**
 * The part of an ordered index on disk that memory holds: everything below a <i>bound</i>.
 *
 * <pre>
 *   index    a  b  c  d  e  f  g  h  …        all members, on disk
 *   window   a  b  c  d │                     bound: key of e; infinite when nothing lies beyond
 *                        └─ a read starts here
 * </pre>
 *
 * <p>An addition below the bound goes into the window; one beyond is on disk only. A window that grows over its capacity, or
 * that the memory budget refuses, gives its greatest element back to the disk and lowers the bound to it.
 *
 * <p>A read moves the bound up. While it is under way, what is removed beyond the bound is remembered, because the rows may still
 * show it, and what is added beyond the bound is kept aside, because the rows may not show it yet. If the bound moves during a read,
 * the rows no longer adjoin the window and are thrown away: either the window is full or everything is in memory, so they
 * are not missed.
 *
 * <p>Not safe for use from several threads.
 */
final class Window<E> {
    /** So many elements are charged to the memory budget but never refused by it, or a queue could not work. */
    static final int FLOOR = 128;

    /** What an element is charged: header, wrapper, slot. */
    static final int ELEMENT_BYTES = 96;

    /** So many elements are charged at once, to spare the shared budget. */
    static final int BLOCK = 16;

    private static final long INFINITE = Long.MAX_VALUE;

    private final IndexOrder<E> order;
    private final Class<E> type;
    private final int capacity;
    private final int floor;
    private final MemoryBudget budget;
    private final SortedRing<E> ring;

    private long boundMillis;
    private long boundSeq;
    /** An element at or just below the bound: nothing beyond was stored earlier. Null if unknown. */
    private E edge;
    /** How many elements to aim for: less than the capacity after the budget refused more. */
    private int target;
    /** Elements paid for. */
    private int granted;

    private boolean reading;
    private boolean readIsVoid;
    private final ConcurrentChanges<E> meanwhile;

    /**
     * An empty window that knows nothing beyond a key.
     *
     * @param capacity elements at most, from 1
     * @param floor elements that are never refused by the budget
     * @param fromMillis first part of the key below which the index has no members
     * @param fromSeq second part of that key
     */
    Window(
            IndexOrder<E> order,
            Class<E> type,
            int capacity,
            int floor,
            MemoryBudget budget,
            long fromMillis,
            long fromSeq) {
        this.order = order;
        this.type = type;
        this.capacity = capacity;
        this.floor = Math.min(floor, capacity);
        this.budget = budget;
        this.ring = new SortedRing<>(order);
        this.meanwhile = new ConcurrentChanges<>(order, capacity);
        this.target = capacity;
        this.boundMillis = fromMillis;
        this.boundSeq = fromSeq;
    }

    int size() {
        return ring.size();
    }

    /** The smallest element, or null. */
    E first() {
        return ring.size() == 0 ? null : ring.get(0);
    }

    /** The element of that rank, from 0. */
    E get(int index) {
        return ring.get(index);
    }

    /** The element with that key; null if there is none, or none known: see {@link #covers}. */
    E find(long millis, long seq) {
        return ring.find(millis, seq);
    }

    /** Whether memory knows everything about that key. */
    boolean covers(long millis, long seq) {
        return IndexOrder.compare(millis, seq, boundMillis, boundSeq) < 0;
    }

    /** Whether every member of the index is in memory. */
    boolean isComplete() {
        return boundMillis == INFINITE && boundSeq == INFINITE;
    }

    /** Whether members exist and not even the first one is known. */
    boolean isHeadUnknown() {
        return ring.size() == 0 && !isComplete();
    }

    /** Whether so many elements are wanted and more could be had by reading. */
    boolean lacks(int wanted) {
        return !isComplete() && ring.size() < Math.min(wanted, floor);
    }

    /** Whether it is time to read ahead. */
    boolean isLow() {
        return !isComplete() && !reading && ring.size() < (target + 1) / 2;
    }

    /** First part of the key from which on the disk knows better. */
    long boundMillis() {
        return boundMillis;
    }

    /** Second part of that key. */
    long boundSeq() {
        return boundSeq;
    }

    /** An element that was stored no later than anything beyond the bound, or null if none is known. */
    E edge() {
        return edge;
    }

    /** Rows that a read should ask for; twice of what the budget allowed last time, so that it can recover. */
    int room() {
        return Math.max(1, (int) Math.min(capacity, 2L * target) - ring.size());
    }

    /** A member was added to the index. */
    void add(E element) {
        if (covers(order.millis(element), order.seq(element))) {
            insert(element);
        } else if (reading && !readIsVoid) {
            meanwhile.add(element);
        }
    }

    /** A member was removed from the index. */
    void remove(long millis, long seq) {
        if (covers(millis, seq)) {
            ring.remove(millis, seq);
            giveBack();
        } else if (reading && !readIsVoid) {
            if (!meanwhile.remove(millis, seq)) {
                voidRead();
            }
        }
    }

    /** Compares with the number of members: if all are here, nothing lies beyond. */
    void updateCount(long members) {
        if (members == ring.size() && !isComplete()) {
            complete();
        }
    }

    /** Forgets everything: the index is empty. */
    void clear() {
        ring.clear();
        giveBack();
        complete();
    }

    /** Gives the memory back; the window is not used again. */
    void close() {
        ring.clear();
        budget.release((long) granted * ELEMENT_BYTES);
        granted = 0;
    }

    /** Starts a read from that key on. */
    void begin(long fromMillis, long fromSeq) {
        if (reading) {
            throw new IllegalStateException("a read of this window is under way");
        }
        reading = true;
        readIsVoid = fromMillis != boundMillis || fromSeq != boundSeq;
        target = (int) Math.min(capacity, 2L * target);
    }

    /**
     * Ends a read with its rows.
     *
     * @param last whether nothing lies behind them; if something may, there is one row at least
     */
    void supply(List<?> rows, boolean last) {
        if (!reading) {
            throw new IllegalStateException("no read of this window is under way");
        }
        reading = false;
        if (!readIsVoid) {
            moveBound(rows, last);
            for (int i = 0; i < rows.size(); i++) {
                E row = type.cast(rows.get(i));
                if (!meanwhile.wasRemoved(order.seq(row))) {
                    add(row);
                }
            }
            SortedRing<E> added = meanwhile.added();
            for (int i = 0; i < added.size(); i++) {
                add(added.get(i));
            }
        }
        meanwhile.clear();
    }

    /** Ends a read without rows. */
    void abandon() {
        reading = false;
        meanwhile.clear();
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
        E dropped = meanwhile.dropped();
        if (dropped != null && covers(order.millis(dropped), order.seq(dropped))) {
            boundAt(dropped);
        }
    }

    private void insert(E element) {
        if (ring.insert(element) && (ring.size() > capacity || !isPaidFor())) {
            boundAt(ring.removeLast());
            if (reading) {
                voidRead();
            }
        }
    }

    private void boundAt(E element) {
        edge = element;
        boundMillis = order.millis(element);
        boundSeq = order.seq(element);
    }

    private void complete() {
        boundMillis = INFINITE;
        boundSeq = INFINITE;
        edge = null;
        voidRead();
    }

    private void voidRead() {
        readIsVoid = true;
        meanwhile.clear();
    }

    private boolean isPaidFor() {
        if (ring.size() <= granted) {
            return true;
        }
        if (ring.size() <= floor) {
            budget.reserve((long) BLOCK * ELEMENT_BYTES);
        } else if (!budget.tryReserve((long) BLOCK * ELEMENT_BYTES)) {
            target = Math.max(floor, ring.size() - 1);
            return false;
        }
        granted += BLOCK;
        return true;
    }

    private void giveBack() {
        while (granted - ring.size() >= 2 * BLOCK) {
            granted -= BLOCK;
            budget.release((long) BLOCK * ELEMENT_BYTES);
        }
    }
}
