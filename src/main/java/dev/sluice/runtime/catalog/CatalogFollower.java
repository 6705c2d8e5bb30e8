package dev.sluice.runtime.catalog;

import io.vertx.core.Future;

/**
 * Keeps the catalog in memory up to date on a node of a cluster. Usable from any event loop; futures complete on the
 * event loop of the caller.
 */
public interface CatalogFollower {
    /** Reads what the local copy of the catalog has. Does not wait. */
    void refresh();

    /** Completes when memory has everything that was confirmed, by any node, before the call. */
    Future<Void> catchUp();

    /** Completes when memory has the catalog's log up to that offset. */
    Future<Void> reach(long offset);

    /** The offset of the catalog's log that memory has reached. */
    long offset();
}
