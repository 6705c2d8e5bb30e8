package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The results of lookups of single messages, kept until the command that asked for them is decided. When an event
 * changes a message during its lookup or later, its result is dropped and the command asks again.
 */
final class LookupCache {
    /** A lookup in progress. */
    private static final class Lookup {
        final ReadRequest read;
        final long[] seqs;
        final boolean[] changed;

        Lookup(ReadRequest read) {
            this.read = read;
            this.seqs = Arrays.stream(Objects.requireNonNull(read.seqs(), "a lookup has numbers"))
                    .sorted()
                    .distinct()
                    .toArray();
            this.changed = new boolean[seqs.length];
        }

        void markChanged(long seq) {
            int index = Arrays.binarySearch(seqs, seq);
            if (index >= 0) {
                changed[index] = true;
            }
        }
    }

    private final List<Lookup> lookups = new ArrayList<>();
    /** By number; null for a message that is not stored. */
    private final Map<Long, @Nullable LookupResult> results = new HashMap<>();

    void begin(ReadRequest read) {
        lookups.add(new Lookup(read));
    }

    void supply(ReadRequest read, List<?> rows) {
        Lookup lookup = remove(read);
        if (lookup == null) {
            throw new IllegalStateException("no such lookup is under way");
        }
        for (int i = 0; i < lookup.seqs.length; i++) {
            if (!lookup.changed[i]) {
                results.put(lookup.seqs[i], null);
            }
        }
        for (Object row : rows) {
            LookupResult found = (LookupResult) row;
            if (results.containsKey(found.header().seq())) {
                results.put(found.header().seq(), found);
            }
        }
    }

    /** Ends a lookup without rows. */
    void abandon(ReadRequest read) {
        remove(read);
    }

    /** An event changed that message. */
    void invalidate(long seq) {
        for (int i = 0; i < lookups.size(); i++) {
            lookups.get(i).markChanged(seq);
        }
        if (!results.isEmpty()) {
            results.remove(seq);
        }
    }

    /** An event changed every message. */
    void invalidateAll() {
        for (Lookup lookup : lookups) {
            Arrays.fill(lookup.changed, true);
        }
        results.clear();
    }

    /** Returns whether there is a result for that number. */
    boolean contains(long seq) {
        return !results.isEmpty() && results.containsKey(seq);
    }

    /** Returns the result for that number; null if no such message is stored, or if there is no result. */
    @Nullable
    LookupResult get(long seq) {
        return results.isEmpty() ? null : results.get(seq);
    }

    void clear() {
        results.clear();
    }

    @SuppressWarnings("ReferenceEquality") // Each lookup has its own request object.
    private @Nullable Lookup remove(ReadRequest read) {
        for (int i = 0; i < lookups.size(); i++) {
            if (lookups.get(i).read == read) {
                return lookups.remove(i);
            }
        }
        return null;
    }
}
