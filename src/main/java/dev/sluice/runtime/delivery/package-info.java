/**
 * Delivery of messages: pulls and peeks with their contents, responses that are not sent yet, and the push of
 * batches to Workers.
 *
 * <p>Threads: everything is confined to the scheduler of its queue, except reports to {@link
 * dev.sluice.runtime.delivery.PendingResponse}, which come from the edge. May import the domain, {@code store},
 * {@code runtime.bus} and {@code runtime.queue}; never the HTTP client.
 */
@NullMarked
package dev.sluice.runtime.delivery;

import org.jspecify.annotations.NullMarked;
