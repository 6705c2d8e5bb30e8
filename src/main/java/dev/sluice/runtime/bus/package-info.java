/**
 * Requests to queues and to the catalog over the local event bus: clients, calls with timeouts, and the gate in
 * front of each queue.
 *
 * <p>Threads: clients are usable from any thread; a result completes on the caller's event loop. May import the
 * domain, {@code store} and the other packages of the runtime.
 */
@NullMarked
package dev.sluice.runtime.bus;

import org.jspecify.annotations.NullMarked;
