package dev.sluice.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides which variables that begin with {@code SLUICE_} are configuration. Kubernetes and Docker set such names for
 * services and containers whose names begin with sluice, and images set some for their own use. Those are ignored,
 * unless a name is so similar to that of a key that it is probably a typing error.
 */
final class EnvironmentVariables {
    /**
     * Kubernetes sets these variables in every pod for each service {@code sluice} or {@code sluice-…} of the
     * namespace: {@code X_SERVICE_HOST}, {@code X_SERVICE_PORT}, {@code X_SERVICE_PORT_NAME}, {@code X_PORT_80_TCP},
     * {@code X_PORT_80_TCP_ADDR}.
     */
    private static final Pattern SERVICE_LINK_NAME =
            Pattern.compile("SLUICE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

    /** {@code X_PORT} of a service can have the name of a key; only its value distinguishes it. */
    private static final Pattern SERVICE_LINK_VALUE = Pattern.compile("(tcp|udp|sctp)://\\S+");

    /** A misspelt name differs by at most one edit for every 4 characters, and by at most {@link #EDITS_MAX} edits. */
    private static final int CHARS_PER_EDIT = 4;

    private static final int EDITS_MAX = 3;

    private EnvironmentVariables() {}

    /** Whether a variable is a service link and therefore no configuration, even if its name is that of a key. */
    static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK_NAME.matcher(name).matches()
                || name.endsWith("PORT") && SERVICE_LINK_VALUE.matcher(value).matches();
    }

    /** The variable that was probably meant by this unknown name; empty if the name is probably not configuration. */
    static Optional<String> meantFor(String unknown) {
        List<String> known =
                ConfigKeys.all().stream().map(ConfigKey::environmentName).toList();
        String name = unknown.toUpperCase(Locale.ROOT);
        String nearest = NameSuggestion.of(name, known);
        int length = name.length() - ConfigKeys.ENVIRONMENT_PREFIX.length();
        boolean misspelt =
                NameSuggestion.edits(name, nearest) <= Math.max(1, Math.min(EDITS_MAX, length / CHARS_PER_EDIT));
        if (misspelt || hasKnownSection(name)) {
            return Optional.of(nearest);
        }
        return withMissingSection(name, known);
    }

    /** The names with the prefix {@code SLUICE_} that are not configuration, sorted. */
    static List<String> ignored(Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith(ConfigKeys.ENVIRONMENT_PREFIX))
                .filter(variable -> !isServiceLink(variable.getKey(), variable.getValue()))
                .map(Map.Entry::getKey)
                .filter(name -> ConfigKeys.findByEnvironmentName(name) == null)
                .sorted()
                .toList();
    }

    /** Whether the name begins like a key of an existing section, such as {@code SLUICE_STORAGE_DIR}. */
    private static boolean hasKnownSection(String name) {
        return ConfigKeys.all().stream()
                .map(ConfigKey::name)
                .filter(key -> key.contains("."))
                .map(key -> key.substring(0, key.indexOf('.')).toUpperCase(Locale.ROOT))
                .anyMatch(section -> name.startsWith(ConfigKeys.ENVIRONMENT_PREFIX + section + "_"));
    }

    /** The key that ends with this name; its section was omitted, as in {@code SLUICE_PORT}. */
    private static Optional<String> withMissingSection(String name, List<String> known) {
        String end = name.substring(ConfigKeys.ENVIRONMENT_PREFIX.length() - 1);
        return known.stream().filter(key -> key.endsWith(end)).findFirst();
    }
}
