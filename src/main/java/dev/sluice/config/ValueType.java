package dev.sluice.config;

/**
 * How the value of a key is written.
 *
 * @param <T> what it becomes
 */
interface ValueType<T> {
    /**
     * Reads a value as YAML or a flag gave it: text, number, boolean, list or map.
     *
     * @throws Unfit if it is not a value of this type
     */
    T parse(Object raw) throws InvalidValueException;

    /** What a value must be, as it follows the words "must be". */
    String expectation();

    /** Whether the value must not be shown. */
    default boolean secret() {
        return false;
    }

    /** Whether text from a flag or the environment is YAML. */
    default boolean structured() {
        return false;
    }

    /** A value that does not fit, with what is wrong if the expectation does not say it. */
    final class InvalidValueException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String path;

        /** It is not what the expectation says. */
        InvalidValueException() {
            this(null, null);
        }

        /**
         * Something inside a structured value is wrong.
         *
         * @param path where, relative to the key, as {@code [0].name}
         */
        InvalidValueException(String path, String detail) {
            super(detail, null, false, false);
            this.path = path;
        }

        /** Where inside the value, or null. */
        String path() {
            return path;
        }
    }
}
