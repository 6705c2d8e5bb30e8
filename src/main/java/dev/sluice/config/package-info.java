/**
 * The configuration: one table of keys ({@link dev.sluice.config.ConfigKeys}), a loader that merges defaults, file, environment
 * and flags, and immutable records that hold the result. Everything is checked before anything starts.
 */
package dev.sluice.config;
