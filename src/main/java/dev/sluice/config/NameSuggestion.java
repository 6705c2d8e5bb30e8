package dev.sluice.config;

import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the known name that is most similar to an unknown one. */
final class NameSuggestion {
    private NameSuggestion() {}

    /**
     * The first candidate that begins with {@code name}; otherwise the one with the fewest edits.
     *
     * @param candidates at least one
     */
    static String of(String name, Collection<String> candidates) {
        @Nullable String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            if (candidate.startsWith(name)) {
                return candidate;
            }
            int edits = edits(name, candidate);
            if (edits < fewest) {
                fewest = edits;
                nearest = candidate;
            }
        }
        return Objects.requireNonNull(nearest, "there are no candidates");
    }

    /**
     * The number of insertions, deletions, replacements and exchanges of neighbours that lead from one name to the other
     * (optimal string alignment), computed over the first 100 characters.
     */
    static int edits(String from, String to) {
        int fromLength = Math.min(100, from.length());
        int[] beforePrevious = new int[to.length() + 1];
        int[] previous = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= fromLength; i++) {
            int[] reused = beforePrevious;
            beforePrevious = previous;
            previous = row;
            row = reused;
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforePrevious[j - 2] + 1);
                }
            }
        }
        return row[to.length()];
    }
}
