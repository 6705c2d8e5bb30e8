package dev.sluice.wrangler;

import org.jspecify.annotations.Nullable;

/**
 * A value of a configuration file with its place.
 *
 * @param value a {@code Map<String, SourceValue>}, a {@code List<SourceValue>}, text, a {@code Long}, a {@code Double},
 *     a boolean or null; other types of TOML as they are
 * @param line from 1
 */
record SourceValue(@Nullable Object value, int line) {}
