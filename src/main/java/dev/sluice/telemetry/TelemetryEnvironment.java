package dev.sluice.telemetry;

import dev.sluice.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standard variables of OpenTelemetry: whether traces are exported, and the values that the SDK would take without
 * naming the variable that is wrong. An empty value counts as unset, as the standard says. Immutable.
 */
final class TelemetryEnvironment {
    static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private static final Logger LOG = LoggerFactory.getLogger(TelemetryEnvironment.class);
    private static final String PREFIX = "OTEL_";
    private static final String DISABLED = "OTEL_SDK_DISABLED";
    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final String SAMPLER = "OTEL_TRACES_SAMPLER";
    private static final String SAMPLER_ARGUMENT = "OTEL_TRACES_SAMPLER_ARG";
    private static final String RESOURCE = "OTEL_RESOURCE_ATTRIBUTES";
    private static final String PROPAGATORS = "OTEL_PROPAGATORS";
    private static final List<String> PROTOCOLS =
            List.of("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
    private static final List<String> HEADERS =
            List.of("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS");
    private static final String PROTOCOL = "http/protobuf";
    private static final Set<String> RATIO_SAMPLERS = Set.of("traceidratio", "parentbased_traceidratio");
    private static final Set<String> SAMPLERS = Set.of(
            "always_on",
            "always_off",
            "traceidratio",
            "parentbased_always_on",
            "parentbased_always_off",
            "parentbased_traceidratio");

    private final Map<String, String> variables;

    /** @param environment all variables of the process; only those of OpenTelemetry are read */
    TelemetryEnvironment(Map<String, String> environment) {
        Map<String, String> own = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !value.isBlank()) {
                own.put(name, value.strip());
            }
        });
        this.variables = Map.copyOf(own);
    }

    private String value(String name) {
        return variables.getOrDefault(name, "");
    }

    /**
     * Whether spans are exported.
     *
     * @throws ConfigException if the exporter is one that Sluice does not have
     */
    boolean isOn() {
        String disabled = value(DISABLED);
        if (disabled.equalsIgnoreCase("true")) {
            return false;
        }
        if (!disabled.isEmpty() && !disabled.equalsIgnoreCase("false")) {
            LOG.warn("{} is neither true nor false, so it counts as false", DISABLED);
        }
        String exporter = value(EXPORTER);
        return switch (exporter) {
            case "" -> !value(ENDPOINT).isEmpty() || !value(TRACES_ENDPOINT).isEmpty();
            case "otlp" -> true;
            case "none" -> false;
            default -> throw new ConfigException(EXPORTER + " must be otlp or none, not " + exporter);
        };
    }

    /** Whether trace contexts of requests are read and kept: unless another propagator, or none, is chosen. */
    boolean readsContexts() {
        String propagators = value(PROPAGATORS);
        return propagators.isEmpty()
                || Arrays.stream(propagators.split(",", -1))
                        .anyMatch(name -> name.strip().equals("tracecontext"));
    }

    /** @throws ConfigException naming the first variable with a wrong value */
    void check() {
        for (String name : PROTOCOLS) {
            String protocol = value(name);
            if (!protocol.isEmpty() && !protocol.equals(PROTOCOL)) {
                throw new ConfigException(name + " must be " + PROTOCOL + ", not " + protocol);
            }
        }
        checkEndpoint(ENDPOINT);
        checkEndpoint(TRACES_ENDPOINT);
        checkSampler();
        for (String name : HEADERS) {
            checkHeaders(name);
        }
    }

    private void checkEndpoint(String name) {
        String endpoint = value(name);
        if (endpoint.isEmpty()) {
            return;
        }
        try {
            URI uri = new URI(endpoint);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
                return;
            }
        } catch (URISyntaxException malformed) {
            // Refused below.
        }
        throw new ConfigException(name + " must be a URL with http or https");
    }

    private void checkSampler() {
        String sampler = value(SAMPLER);
        if (sampler.isEmpty()) {
            return;
        }
        if (!SAMPLERS.contains(sampler)) {
            throw new ConfigException(SAMPLER + " must be one of "
                    + String.join(", ", SAMPLERS.stream().sorted().toList()) + ", not " + sampler);
        }
        String argument = value(SAMPLER_ARGUMENT);
        if (RATIO_SAMPLERS.contains(sampler) && !argument.isEmpty() && !isRatio(argument)) {
            throw new ConfigException(SAMPLER_ARGUMENT + " must be a number from 0 to 1, not " + argument);
        }
    }

    private static boolean isRatio(String text) {
        try {
            double ratio = Double.parseDouble(text);
            return ratio >= 0 && ratio <= 1;
        } catch (NumberFormatException malformed) {
            return false;
        }
    }

    /** The SDK would print the value, which may be a secret. */
    private void checkHeaders(String name) {
        for (String each : value(name).split(",", -1)) {
            String pair = each.strip();
            if (!pair.isEmpty() && pair.indexOf('=') < 1) {
                throw new ConfigException(name + " must be a list of name=value, separated by commas");
            }
        }
    }

    /** Where spans go, without what may be a secret. */
    String endpoint() {
        String endpoint = value(TRACES_ENDPOINT).isEmpty() ? value(ENDPOINT) : value(TRACES_ENDPOINT);
        if (endpoint.isEmpty()) {
            return "http://localhost:4318";
        }
        URI uri = URI.create(endpoint);
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** The variables as properties of the SDK, with the defaults of Sluice. */
    Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        if (!value(RESOURCE).contains("service.name=")) {
            properties.put("otel.service.name", "sluice");
        }
        properties.put("otel.exporter.otlp.protocol", PROTOCOL);
        variables.forEach(
                (name, value) -> properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
        return properties;
    }
}
