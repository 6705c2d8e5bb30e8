/**
 * Counters of the server, independent of the export format.
 *
 * <p>Threads: safe for use from several threads; adding never blocks. May import the domain's events only.
 */
package dev.sluice.runtime.metrics;
