package dev.sluice.runtime.bus;

import dev.sluice.runtime.deadletter.DeadLetterTransport.MoveResult;
import io.vertx.core.Future;

/** What other nodes ask of this one as an owner, beside requests of clients. Usable from any event loop. */
public interface OwnerWork {
    /** See {@link NodePeers#apply}. */
    Future<Void> apply(long queueNumber, long catalogOffset);

    /** See {@link NodePeers#ensureQueue}. */
    Future<Long> ensureQueue(String accountId, String name, String jurisdiction);

    /** See {@link NodePeers#move}. */
    Future<MoveResult> move(long targetNumber, QueueRequest.TakeDeadLetters move);
}
