/**
 * The configuration: one table of keys ({@link dev.sluice.config.ConfigKeys}), a loader that merges defaults, file, environment and
 * flags, and immutable records that hold the result. Everything is validated before the server starts.
 *
 * <p>Runs on the thread that starts or reloads the server. May import {@code queue} only.
 */
@NullMarked
package dev.sluice.config;

import org.jspecify.annotations.NullMarked;
