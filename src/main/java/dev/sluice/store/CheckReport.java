package dev.sluice.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The findings of a store check, in order of discovery. Keeps the first 1000 and only counts the rest, so that memory
 * stays bounded for a heavily damaged store. For one thread.
 */
public final class CheckReport {
    private static final int KEPT_MAX = 1_000;

    /**
     * One inconsistency or damage.
     *
     * @param where the queue or the file
     * @param what a description in one line
     */
    public record Finding(String where, String what) {}

    private final List<Finding> kept = new ArrayList<>();
    private long total;

    /** Adds a finding. */
    public void add(String where, String what) {
        total++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Finding(where, what));
        }
    }

    /** The findings that were kept, at most 1000. */
    public List<Finding> kept() {
        return List.copyOf(kept);
    }

    /** The number of all findings, kept or not. */
    public long total() {
        return total;
    }
}
