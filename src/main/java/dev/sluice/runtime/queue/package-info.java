/**
 * One active queue: its life cycle, the execution of commands, the commit pipeline, reads, the content cache and
 * timers.
 *
 * <p>Threads: everything is confined to the {@link dev.sluice.runtime.queue.QueueScheduler} of its queue, so there
 * are no locks. May import the domain, {@code store} and the other packages of the runtime. Vert.x verticles and
 * the event bus stay outside, so that the simulation can run a queue.
 */
@NullMarked
package dev.sluice.runtime.queue;

import org.jspecify.annotations.NullMarked;
