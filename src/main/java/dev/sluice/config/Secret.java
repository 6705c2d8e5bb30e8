package dev.sluice.config;

/**
 * A value that must not appear in logs: {@link #toString} hides it.
 *
 * @param value the value itself
 */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
