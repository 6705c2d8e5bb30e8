/**
 * The load generator of {@code sluice bench}. It communicates with servers over HTTP only.
 *
 * <p>Runs on its own event loops; {@link dev.sluice.bench.LoadRun} blocks the calling thread. Imports no other package of Sluice.
 */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
