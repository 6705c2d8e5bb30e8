/**
 * The metrics of the server, by the Prometheus client library.
 *
 * <p>Threads: safe for use from several threads; adding never blocks. May import the domain's events only.
 */
@NullMarked
package dev.sluice.runtime.metrics;

import org.jspecify.annotations.NullMarked;
