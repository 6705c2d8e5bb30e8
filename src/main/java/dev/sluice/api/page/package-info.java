/**
 * Pages for people, served from the jar: the console, and the sessions that it is opened with.
 *
 * <p>Threads: pages are immutable and sessions are safe for use by all event loops.
 *
 * <p>Imports: {@code api}, {@code api.http}, {@code api.auth} and {@code api.error}.
 */
@NullMarked
package dev.sluice.api.page;

import org.jspecify.annotations.NullMarked;
