/**
 * The metrics of the server, by the Prometheus client library.
 *
 * <p>Threads: safe for use from several threads; adding never blocks. May import the domain's events only.
 */
package dev.sluice.runtime.metrics;
