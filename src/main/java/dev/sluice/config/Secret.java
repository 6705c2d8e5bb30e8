package dev.sluice.config;

/**
 * A value that must not be seen in logs: its text shows only that it is there.
 *
 * @param value the value itself
 */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
