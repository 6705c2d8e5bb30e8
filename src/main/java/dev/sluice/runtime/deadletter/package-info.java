/**
 * Transfers of dead letters between queues: the sender in the origin, the receiver in the dead letter queue, and
 * the check for cycles.
 *
 * <p>Threads: sender and receiver are confined to the scheduler of their queue. May import the domain, {@code
 * store}, {@code runtime.bus} and {@code runtime.queue}.
 */
@NullMarked
package dev.sluice.runtime.deadletter;

import org.jspecify.annotations.NullMarked;
