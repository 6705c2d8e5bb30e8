/**
 * The catalog of queues, consumers and subscriptions: the view for readers, the changes, the one writer, and the
 * format on disk.
 *
 * <p>Threads: {@link dev.sluice.runtime.catalog.CatalogVerticle} writes on one event loop; {@link
 * dev.sluice.runtime.catalog.CatalogView} is readable from any thread. May import the domain, {@code store},
 * {@code runtime.bus} and {@code runtime.clock}.
 */
@NullMarked
package dev.sluice.runtime.catalog;

import org.jspecify.annotations.NullMarked;
