/**
 * Runs queues between the edge and the store: start and stop ({@link dev.sluice.runtime.QueueRuntime}), deployment
 * of queue verticles, admission, budgets for memory and messages in transit, disk space, timeouts.
 *
 * <p>Threads: the deployer and each queue verticle run on an event loop. Budgets and admission are safe for use
 * from several threads. The disk space is measured on a worker thread. May import the domain ({@code queue}),
 * {@code store} and Vert.x; never the edge.
 */
@NullMarked
package dev.sluice.runtime;

import org.jspecify.annotations.NullMarked;
