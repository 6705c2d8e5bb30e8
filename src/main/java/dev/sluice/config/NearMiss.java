package dev.sluice.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Decides whether an unknown environment variable was probably meant for a key: because it is misspelt, abbreviated or
 * without its section. A name that only shares its section with keys is not: other programs use such names.
 *
 * <p>Names are in upper case, without the prefix {@code SLUICE_}.
 */
final class NearMiss {
    /** A misspelt name differs by at most one edit for every 4 characters, and by at most {@link #EDITS_MAX} edits. */
    private static final int CHARS_PER_EDIT = 4;

    private static final int EDITS_MAX = 3;
    /** A shorter word abbreviates nothing: too many words would contain its letters. */
    private static final int ABBREVIATION_CHARS_MIN = 3;

    private NearMiss() {}

    /** The key that was probably meant; empty if there is none. */
    static Optional<ConfigKey<?>> of(String name, Collection<ConfigKey<?>> keys) {
        return first(name, keys, NearMiss::isMisspelt)
                .or(() -> first(name, keys, NearMiss::isAbbreviated))
                .or(() -> first(name, keys, NearMiss::isWithoutSection));
    }

    private static Optional<ConfigKey<?>> first(
            String name, Collection<ConfigKey<?>> keys, BiPredicate<String, ConfigKey<?>> test) {
        return keys.stream().filter(key -> test.test(name, key)).findFirst();
    }

    /** A few wrong letters. A section that is spelt correctly does not count: it does not make the rest similar. */
    private static boolean isMisspelt(String name, ConfigKey<?> key) {
        String section = section(key);
        String written = name.startsWith(section) ? name.substring(section.length()) : name;
        String meant = upperCase(key.name()).substring(name.length() - written.length());
        int allowed = Math.max(1, Math.min(EDITS_MAX, written.length() / CHARS_PER_EDIT));
        return !written.isEmpty() && NameSuggestion.edits(written, meant) <= allowed;
    }

    /**
     * Omitted letters or words, as in {@code STORAGE_DIR}, {@code HTTP_TLS_CA} and {@code MEMORY_WINDOW}; a longer form,
     * as in {@code HTTP_TLS_CERTIFICATE}; or the same words in another order.
     */
    private static boolean isAbbreviated(String name, ConfigKey<?> key) {
        String section = section(key);
        if (section.isEmpty() || !name.startsWith(section) || name.length() == section.length()) {
            return false;
        }
        List<String> written = words(name.substring(section.length()));
        List<String> meant = words(upperCase(key.name()).substring(section.length()));
        return similar(written.get(0), meant.get(0)) && inOrder(written, meant)
                || written.stream()
                        .sorted()
                        .toList()
                        .equals(meant.stream().sorted().toList());
    }

    private static boolean inOrder(List<String> written, List<String> meant) {
        Iterator<String> rest = meant.iterator();
        for (String word : written) {
            boolean found = false;
            while (!found && rest.hasNext()) {
                found = similar(word, rest.next());
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    private static boolean similar(String written, String meant) {
        return written.equals(meant)
                || abbreviates(written, meant)
                || meant.length() > ABBREVIATION_CHARS_MIN && written.startsWith(meant);
    }

    /** Whether a word has the first letter of another one and then, in order, some of its others. */
    private static boolean abbreviates(String abbreviation, String word) {
        if (abbreviation.length() < ABBREVIATION_CHARS_MIN || abbreviation.charAt(0) != word.charAt(0)) {
            return false;
        }
        int at = 0;
        for (int i = 0; i < abbreviation.length(); i++, at++) {
            at = word.indexOf(abbreviation.charAt(i), at);
            if (at < 0) {
                return false;
            }
        }
        return true;
    }

    /** The name of a key without its section, or without both in a nested one: {@code PORT}, {@code CERT}. */
    private static boolean isWithoutSection(String name, ConfigKey<?> key) {
        String rest = key.name();
        while (rest.contains(".")) {
            rest = rest.substring(rest.indexOf('.') + 1);
            if (upperCase(rest).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** {@code HTTP_} for {@code http.tls.cert}; empty for a key without a section. */
    private static String section(ConfigKey<?> key) {
        return upperCase(key.name().substring(0, key.name().indexOf('.') + 1));
    }

    private static String upperCase(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    private static List<String> words(String name) {
        return Arrays.asList(name.split("_", -1));
    }
}
