/**
 * Redrives: dead letters go back to the queue that they came from, or to another one.
 *
 * <p>Threads: one context owns all redrives; see {@link dev.sluice.runtime.redrive.Redrives}.
 *
 * <p>Imports: {@code queue}, {@code store} and the rest of {@code runtime}.
 */
@NullMarked
package dev.sluice.runtime.redrive;

import org.jspecify.annotations.NullMarked;
