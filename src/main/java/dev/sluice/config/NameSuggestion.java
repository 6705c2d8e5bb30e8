package dev.sluice.config;

import java.util.Collection;

/** Finds the known name that is most similar to an unknown one. */
final class NameSuggestion {
    private NameSuggestion() {}

    /** The first candidate that begins with {@code name}; otherwise the one with the fewest edits. */
    static String of(String name, Collection<String> candidates) {
        String nearest = null;
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
        return nearest;
    }

    /** The Levenshtein distance, computed over the first 100 characters. */
    static int edits(String from, String to) {
        int fromLength = Math.min(100, from.length());
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= fromLength; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
