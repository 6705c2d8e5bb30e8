/**
 * The protocol of a shard log: how nodes that share one totally ordered log agree on which of them owns a shard, which
 * records count, and when an append may be acknowledged. Pure functions and small state machines. The log is
 * behind an interface: Kafka, or a simulation.
 *
 * <p>The package has no threads; each object belongs to the thread that made it. It imports the JDK only.
 */
@NullMarked
package dev.sluice.store.log;

import org.jspecify.annotations.NullMarked;
