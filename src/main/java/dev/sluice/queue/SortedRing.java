package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * A sorted circular array. Removal at the front and addition at the back, which is what a queue does, move no
 * elements. Elsewhere the shorter side moves by one. For at most about a thousand references, the size of a window,
 * that is cheaper than the nodes of a tree.
 */
final class SortedRing<E> {
    private static final int SLOTS_MIN = 16;
    /** A queue has eight rings; most of them are empty. */
    private static final Object[] NO_SLOTS = {};

    private final IndexOrder<E> order;
    private @Nullable Object[] slots = NO_SLOTS;
    private int head;
    private int size;

    SortedRing(IndexOrder<E> order) {
        this.order = order;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    E get(int index) {
        return (E) slots[slot(index)];
    }

    /** Returns the index of the element with that key, or {@code -(insertion index) - 1}. */
    int indexOf(long millis, long seq) {
        if (size > 0) {
            int toFirst = compare(0, millis, seq);
            if (toFirst >= 0) {
                return toFirst == 0 ? 0 : -1;
            }
            int toLast = compare(size - 1, millis, seq);
            if (toLast <= 0) {
                return toLast == 0 ? size - 1 : -size - 1;
            }
        }
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int side = compare(middle, millis, seq);
            if (side == 0) {
                return middle;
            }
            if (side < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** Returns how many elements have a smaller key. */
    int sizeBelow(long millis, long seq) {
        int index = indexOf(millis, seq);
        return index < 0 ? -index - 1 : index;
    }

    /** Returns the element with that key, or null. */
    @Nullable
    E find(long millis, long seq) {
        int index = indexOf(millis, seq);
        return index < 0 ? null : get(index);
    }

    /** Inserts an element. Replaces one with the same key and returns false then. */
    boolean insert(E element) {
        int index = indexOf(order.millis(element), order.seq(element));
        if (index >= 0) {
            slots[slot(index)] = element;
            return false;
        }
        if (size == slots.length) {
            grow();
        }
        openGap(-index - 1);
        slots[slot(-index - 1)] = element;
        return true;
    }

    /** Removes and returns the element with that key; null if there is none. */
    @Nullable
    E remove(long millis, long seq) {
        int index = indexOf(millis, seq);
        if (index < 0) {
            return null;
        }
        E element = get(index);
        closeGap(index);
        return element;
    }

    /** Removes and returns the greatest element. */
    E removeLast() {
        E element = get(size - 1);
        closeGap(size - 1);
        return element;
    }

    void clear() {
        slots = NO_SLOTS;
        head = 0;
        size = 0;
    }

    /** Opens a gap at an index by moving the shorter side. */
    private void openGap(int index) {
        if (index < size - index) {
            head = (head - 1) & (slots.length - 1);
            for (int i = 0; i < index; i++) {
                slots[slot(i)] = slots[slot(i + 1)];
            }
        } else {
            for (int i = size; i > index; i--) {
                slots[slot(i)] = slots[slot(i - 1)];
            }
        }
        size++;
    }

    /** Closes the gap at an index by moving the shorter side. */
    private void closeGap(int index) {
        if (index < size - 1 - index) {
            for (int i = index; i > 0; i--) {
                slots[slot(i)] = slots[slot(i - 1)];
            }
            slots[head] = null;
            head = slot(1);
        } else {
            for (int i = index; i < size - 1; i++) {
                slots[slot(i)] = slots[slot(i + 1)];
            }
            slots[slot(size - 1)] = null;
        }
        size--;
    }

    private void grow() {
        @Nullable Object[] larger = new Object[Math.max(SLOTS_MIN, slots.length * 2)];
        for (int i = 0; i < size; i++) {
            larger[i] = slots[slot(i)];
        }
        slots = larger;
        head = 0;
    }

    private int slot(int index) {
        return (head + index) & (slots.length - 1);
    }

    private int compare(int index, long millis, long seq) {
        E element = get(index);
        return IndexOrder.compare(order.millis(element), order.seq(element), millis, seq);
    }
}
