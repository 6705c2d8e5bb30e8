package dev.sluice.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which variables that begin with {@code SLUICE_} are configuration. Others set such names too: Kubernetes and Docker for services
 * and containers whose names begin with sluice, and images for their own use. Those are left alone, unless a name is so close to
 * that of a key that it must have been meant for it.
 */
final class EnvironmentVariables {
    /**
     * What Kubernetes sets in every pod for a service {@code sluice} or {@code sluice-…} of its namespace, whatever the value:
     * {@code X_SERVICE_HOST}, {@code X_SERVICE_PORT}, {@code X_SERVICE_PORT_NAME}, {@code X_PORT_80_TCP}, {@code X_PORT_80_TCP_ADDR}.
     */
    private static final Pattern SERVICE_LINK_NAME =
            Pattern.compile("SLUICE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

    /** {@code X_PORT} of a service can have the name of a key, and is told from it by its value. */
    private static final Pattern SERVICE_LINK_VALUE = Pattern.compile("(tcp|udp|sctp)://\\S+");

    /** A misspelt name has at most one wrong character in so many, and at most so many. */
    private static final int CHARS_PER_EDIT = 4;

    private static final int EDITS_MAX = 3;

    private EnvironmentVariables() {}

    /** Whether a variable points to a service, and so is no configuration, even if its name is that of a key. */
    static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK_NAME.matcher(name).matches()
                || name.endsWith("PORT") && SERVICE_LINK_VALUE.matcher(value).matches();
    }

    /** The variable of a key for which this unknown name was probably meant; empty if it was probably meant for something else. */
    static Optional<String> meantFor(String unknown) {
        List<String> known =
                ConfigKeys.all().stream().map(ConfigKey::environmentName).toList();
        String name = unknown.toUpperCase(Locale.ROOT);
        String nearest = NameSuggestion.of(name, known);
        int length = name.length() - ConfigKeys.ENVIRONMENT_PREFIX.length();
        boolean misspelt =
                NameSuggestion.edits(name, nearest) <= Math.max(1, Math.min(EDITS_MAX, length / CHARS_PER_EDIT));
        if (misspelt || isInASection(name)) {
            return Optional.of(nearest);
        }
        return withoutItsSection(name, known);
    }

    /** The names that begin as ours do and mean nothing here, sorted. */
    static List<String> ignored(Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith(ConfigKeys.ENVIRONMENT_PREFIX))
                .filter(variable -> !isServiceLink(variable.getKey(), variable.getValue()))
                .map(Map.Entry::getKey)
                .filter(name -> ConfigKeys.findByEnvironmentName(name) == null)
                .sorted()
                .toList();
    }

    /** {@code SLUICE_STORAGE_DIR}: a key of a section that exists. */
    private static boolean isInASection(String name) {
        return ConfigKeys.all().stream()
                .map(ConfigKey::name)
                .filter(key -> key.contains("."))
                .map(key -> key.substring(0, key.indexOf('.')).toUpperCase(Locale.ROOT))
                .anyMatch(section -> name.startsWith(ConfigKeys.ENVIRONMENT_PREFIX + section + "_"));
    }

    /** {@code SLUICE_PORT}: a key whose section was left out. */
    private static Optional<String> withoutItsSection(String name, List<String> known) {
        String end = name.substring(ConfigKeys.ENVIRONMENT_PREFIX.length() - 1);
        return known.stream().filter(key -> key.endsWith(end)).findFirst();
    }
}
