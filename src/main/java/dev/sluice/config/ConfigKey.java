package dev.sluice.config;

import java.util.Locale;

/**
 * One key of the configuration.
 *
 * @param name dotted name
 * @param defaultText the default as one would write it, empty for "not set"
 * @param doc one sentence for whoever runs a server
 * @param type how its value is written
 * @param <T> what its value becomes
 */
public record ConfigKey<T>(String name, String defaultText, String doc, ValueType<T> type) {
    /** The environment variable that sets this key: {@code SLUICE_HTTP_PORT} for {@code http.port}. */
    public String environmentName() {
        return ConfigKeys.ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** What a value must be, as it follows the words "must be". */
    public String expectation() {
        return type.expectation();
    }

    /**
     * The value of this key that was written as {@code raw}.
     *
     * @param source where it was written, for the error
     */
    T parse(Object raw, String source) {
        try {
            return type.parse(raw);
        } catch (ValueType.InvalidValueException unfit) {
            throw new ConfigException(describe(unfit, raw, source));
        }
    }

    private String describe(ValueType.InvalidValueException unfit, Object raw, String source) {
        String where = unfit.path() == null ? name : name + unfit.path();
        if (unfit.getMessage() != null) {
            return where + " (" + source + ") " + unfit.getMessage();
        }
        String got = type.secret() ? "" : ", not " + shown(raw);
        return where + " (" + source + ") must be " + type.expectation() + got;
    }

    private static String shown(Object raw) {
        String text = String.valueOf(raw).replaceAll("\\s+", " ");
        return '\'' + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + '\'';
    }
}
