package dev.sluice.config;

import java.util.Locale;

/**
 * One key of the configuration.
 *
 * @param name dotted name
 * @param defaultText the default as it is written in a file; empty for "not set"
 * @param doc one sentence for operators
 * @param type the format of its value
 * @param <T> the Java type of its value
 */
public record ConfigKey<T>(String name, String defaultText, String doc, ValueType<T> type) {
    /** The environment variable that sets this key: {@code SLUICE_HTTP_PORT} for {@code http.port}. */
    public String environmentName() {
        return ConfigKeys.ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** What a value must be: the text after the words "must be" in an error. */
    public String expectation() {
        return type.expectation();
    }

    /**
     * Parses a value of this key.
     *
     * @param source where the value was set, for the error
     */
    T parse(Object raw, String source) {
        try {
            return type.parse(raw);
        } catch (ValueType.InvalidValueException invalid) {
            throw new ConfigException(describe(invalid, raw, source));
        }
    }

    private String describe(ValueType.InvalidValueException invalid, Object raw, String source) {
        String where = invalid.path() == null ? name : name + invalid.path();
        if (invalid.getMessage() != null) {
            return where + " (" + source + ") " + invalid.getMessage();
        }
        String got = type.secret() ? "" : ", not " + quoted(raw);
        return where + " (" + source + ") must be " + type.expectation() + got;
    }

    private static String quoted(Object raw) {
        String text = String.valueOf(raw).replaceAll("\\s+", " ");
        return '\'' + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + '\'';
    }
}
