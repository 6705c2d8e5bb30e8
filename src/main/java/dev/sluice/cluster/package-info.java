/**
 * This server as a node of a cluster: the placement of shards on nodes, and requests between nodes over the internal
 * port.
 *
 * <p>Threads: {@code NodePort} is owned by one event loop, placement by the thread of the group; the rest may be used
 * from any thread. Imports {@code api} (what serves requests), {@code runtime}, {@code store}, {@code store.kafka} and
 * the domain. Only the root package imports it.
 */
@NullMarked
package dev.sluice.cluster;

import org.jspecify.annotations.NullMarked;
