package dev.sluice.config;

/**
 * A key with the value that is in force.
 *
 * @param key its name
 * @param value as text; empty if it is not set, {@code (secret)} instead of a secret
 * @param source where it was set: {@code default}, a file, a variable or a flag
 */
public record EffectiveSetting(String key, String value, String source) {}
