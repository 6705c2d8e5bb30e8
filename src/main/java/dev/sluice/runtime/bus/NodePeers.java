package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.deadletter.DeadLetterTransport.MoveResult;
import io.vertx.core.Future;

/**
 * What a node of a cluster asks of the others for its own work. Usable from any event loop; futures fail with a
 * {@link dev.sluice.queue.QueueException}, UNAVAILABLE if the owner cannot be reached.
 */
public interface NodePeers {
    /** A single node: nothing is ever elsewhere. */
    NodePeers NONE = new NodePeers() {
        @Override
        public Future<Long> ensureQueue(String accountId, String name, String jurisdiction) {
            return Future.failedFuture(new IllegalStateException("there is no other node"));
        }

        @Override
        public Future<MoveResult> move(long targetNumber, QueueRequest.TakeDeadLetters move) {
            return Future.failedFuture(new IllegalStateException("there is no other node"));
        }

        @Override
        public Future<Void> apply(QueueDefinition queue, long catalogOffset) {
            return Future.succeededFuture();
        }
    };

    /** Finds or creates a queue, at the owner of the catalog. Returns its number. */
    Future<Long> ensureQueue(String accountId, String name, String jurisdiction);

    /** Sends a move of dead letters to the owner of the queue that takes it. */
    Future<MoveResult> move(long targetNumber, QueueRequest.TakeDeadLetters move);

    /**
     * Completes when the owner of a queue has put a change of the catalog in force: new settings, or the deletion.
     *
     * @param queue as it is now, or as it was before it was deleted
     * @param catalogOffset of the catalog's log, at or after the record of the change
     */
    Future<Void> apply(QueueDefinition queue, long catalogOffset);
}
