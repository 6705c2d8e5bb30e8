package dev.sluice.config;

import org.jspecify.annotations.Nullable;

/**
 * The format of a key's value.
 *
 * @param <T> the Java type of the value
 */
interface ValueType<T> {
    /**
     * Parses a value from YAML, a flag or the environment: text, number, boolean, list or map.
     *
     * @throws InvalidValueException if the value does not have this format
     */
    T parse(Object raw) throws InvalidValueException;

    /** What a value must be: the text after the words "must be" in an error. */
    String expectation();

    /** Whether the value must not appear in errors and logs. */
    default boolean secret() {
        return false;
    }

    /** Whether text from a flag or the environment is parsed as YAML. */
    default boolean structured() {
        return false;
    }

    /** An invalid value. The message is null if {@link #expectation} describes the error. */
    final class InvalidValueException extends Exception {
        private static final long serialVersionUID = 1L;

        private final @Nullable String path;

        /** The value does not match the expectation. */
        InvalidValueException() {
            this(null, null);
        }

        /**
         * A part of a structured value is invalid.
         *
         * @param path the position relative to the key, such as {@code [0].name}
         */
        InvalidValueException(@Nullable String path, @Nullable String detail) {
            super(detail, null, false, false);
            this.path = path;
        }

        /** The position inside the value, or null. */
        @Nullable
        String path() {
            return path;
        }
    }
}
