package dev.sluice.config;

/** The configuration cannot be used; the text is one line that names the key and where it was set. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A refusal in one line. */
    public ConfigException(String message) {
        super(message, null, false, false);
    }
}
