package dev.sluice.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides which variables that begin with {@code SLUICE_} are configuration. Kubernetes and Docker set such names for
 * services and containers whose names begin with sluice, and images set some for their own use. Those are ignored,
 * also under the name of a section ({@code SLUICE_HTTP_PROXY}), unless a name is a {@link NearMiss} of a key.
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

    private EnvironmentVariables() {}

    /** Whether a variable is a service link and therefore no configuration, even if its name is that of a key. */
    static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK_NAME.matcher(name).matches()
                || name.endsWith("PORT") && SERVICE_LINK_VALUE.matcher(value).matches();
    }

    /** The variable that was probably meant by this unknown name; empty if the name is probably not configuration. */
    static Optional<String> meantFor(String unknown) {
        String name = unknown.substring(ConfigKeys.ENVIRONMENT_PREFIX.length()).toUpperCase(Locale.ROOT);
        return NearMiss.of(name, ConfigKeys.all()).map(ConfigKey::environmentName);
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
}
