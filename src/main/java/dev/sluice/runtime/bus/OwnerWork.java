package dev.sluice.runtime.bus;

import io.vertx.core.Future;

/** What other nodes ask of this one as an owner, beside requests of clients. Usable from any event loop. */
public interface OwnerWork {
    /** See {@link NodePeers#apply}. */
    Future<Void> apply(long queueNumber, long catalogOffset);

    /** See {@link NodePeers#ensureQueue}. */
    Future<Long> ensureQueue(String accountId, String name, String jurisdiction);
}
