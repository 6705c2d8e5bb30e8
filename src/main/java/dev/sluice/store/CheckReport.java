package dev.sluice.store;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check found wrong, in the order in which it was found. Keeps the first ones and counts the rest, so that a store full of
 * damage does not fill the memory. For one thread.
 */
public final class CheckReport {
    private static final int KEPT_MAX = 1_000;

    /**
     * One thing that is wrong.
     *
     * @param where the queue or the file
     * @param what in one line
     */
    public record Finding(String where, String what) {}

    private final List<Finding> kept = new ArrayList<>();
    private long total;

    /** Notes a finding. */
    public void add(String where, String what) {
        total++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Finding(where, what));
        }
    }

    /** The first findings. */
    public List<Finding> kept() {
        return List.copyOf(kept);
    }

    /** How many there were. */
    public long total() {
        return total;
    }
}
