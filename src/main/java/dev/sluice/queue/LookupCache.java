package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What lookups of single messages brought to light, kept until the command that asked is decided. A message that an event
 * touches while it is looked up, or afterwards, is not known any more, and the command asks again.
 */
final class LookupCache {
    /** A lookup under way. */
    private static final class Search {
        final ReadRequest need;
        final long[] seqs;
        final boolean[] touched;

        Search(ReadRequest need) {
            this.need = need;
            this.seqs = Arrays.stream(need.seqs()).sorted().distinct().toArray();
            this.touched = new boolean[seqs.length];
        }

        void touch(long seq) {
            int index = Arrays.binarySearch(seqs, seq);
            if (index >= 0) {
                touched[index] = true;
            }
        }
    }

    private final List<Search> searches = new ArrayList<>();
    /** By seq; null for a message that is not stored. */
    private final Map<Long, LookupResult> facts = new HashMap<>();

    void begin(ReadRequest need) {
        searches.add(new Search(need));
    }

    void supply(ReadRequest need, List<?> rows) {
        Search search = end(need);
        if (search == null) {
            throw new IllegalStateException("no such lookup is under way");
        }
        for (int i = 0; i < search.seqs.length; i++) {
            if (!search.touched[i]) {
                facts.put(search.seqs[i], null);
            }
        }
        for (Object row : rows) {
            LookupResult found = (LookupResult) row;
            if (facts.containsKey(found.header().seq())) {
                facts.put(found.header().seq(), found);
            }
        }
    }

    /** Ends a lookup without rows. */
    void abandon(ReadRequest need) {
        end(need);
    }

    /** An event changed that message. */
    void invalidate(long seq) {
        for (int i = 0; i < searches.size(); i++) {
            searches.get(i).touch(seq);
        }
        if (!facts.isEmpty()) {
            facts.remove(seq);
        }
    }

    /** An event changed every message. */
    void invalidateAll() {
        for (Search search : searches) {
            Arrays.fill(search.touched, true);
        }
        facts.clear();
    }

    /** Whether it is known what is stored under that number. */
    boolean knows(long seq) {
        return !facts.isEmpty() && facts.containsKey(seq);
    }

    /** What is stored under that number; null if nothing is, or if it is not known. */
    LookupResult get(long seq) {
        return facts.isEmpty() ? null : facts.get(seq);
    }

    void clear() {
        facts.clear();
    }

    private Search end(ReadRequest need) {
        for (int i = 0; i < searches.size(); i++) {
            if (searches.get(i).need == need) {
                return searches.remove(i);
            }
        }
        return null;
    }
}
