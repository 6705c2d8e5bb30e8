package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.deadletter.DeadLetterRoute;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Sends dead letters over the event bus. Usable from any event loop. */
public final class BusDeadLetterTransport implements DeadLetterTransport {
    private final QueueStore store;
    private final CatalogView catalog;
    private final BusCatalogClient catalogClient;
    private final BusQueueClient queueClient;
    private final NodePeers peers;

    public BusDeadLetterTransport(
            CatalogView catalog,
            BusCatalogClient catalogClient,
            BusQueueClient queueClient,
            QueueStore store,
            NodePeers peers) {
        this.store = store;
        this.peers = peers;
        this.catalog = catalog;
        this.catalogClient = catalogClient;
        this.queueClient = queueClient;
    }

    @Override
    public Future<Long> resolve(long originNumber, String accountId, String deadLetterQueue) {
        if (catalog.findByName(accountId, deadLetterQueue) == null && isElsewhere(ShardedStore.CATALOG)) {
            return peers.ensureQueue(accountId, deadLetterQueue, jurisdictionOf(originNumber));
        }
        return target(originNumber, accountId, deadLetterQueue).map(QueueDefinition::number);
    }

    private boolean isElsewhere(int shard) {
        return store instanceof ShardedStore sharded && !sharded.owns(shard);
    }

    private boolean isElsewhere(long queueNumber) {
        return store instanceof ShardedStore sharded && !sharded.owns(sharded.shardOf(queueNumber));
    }

    private Future<QueueDefinition> target(long originNumber, String accountId, String deadLetterQueue) {
        QueueDefinition existing = catalog.findByName(accountId, deadLetterQueue);
        return existing != null
                ? Future.succeededFuture(existing)
                : catalogClient.ensureQueue(accountId, deadLetterQueue, jurisdictionOf(originNumber));
    }

    @Override
    public Future<MoveResult> move(long targetNumber, QueueRequest.TakeDeadLetters move) {
        QueueDefinition target = catalog.findByNumber(targetNumber);
        if (target != null && isElsewhere(targetNumber)) {
            return peers.move(targetNumber, move);
        }
        if (target == null) {
            return refuseUnlessGone(targetNumber);
        }
        boolean cyclic = DeadLetterRoute.reaches(target, move.originNumber(), catalog::findByName);
        return queueClient.send(targetNumber, move.withCyclic(cyclic)).map(MoveResult.TAKEN);
    }

    /** A queue is gone once its removal is stored: before, it may come back with what it has taken. */
    private Future<MoveResult> refuseUnlessGone(long number) {
        CompletionStage<Boolean> exists = catchUp()
                .thenCompose(caughtUp -> store.readCatalogSnapshot(
                        snapshot -> QueueReads.hasCatalogRecord(snapshot, CatalogRecords.queueKey(number))));
        return Future.fromCompletionStage(exists)
                .compose(found -> found
                        ? Future.failedFuture(new QueueException(QueueError.UNAVAILABLE))
                        : Future.succeededFuture(MoveResult.GONE));
    }

    private CompletionStage<?> catchUp() {
        return store instanceof ShardedStore sharded
                ? sharded.catchUpCatalog()
                : CompletableFuture.completedStage(null);
    }

    @Override
    public Future<Void> send(String accountId, String deadLetterQueue, QueueRequest.ReceiveDeadLetters transfer) {
        return target(transfer.originNumber(), accountId, deadLetterQueue)
                .compose(queue -> queueClient.send(
                        queue.number(),
                        transfer.withCyclic(
                                DeadLetterRoute.reaches(queue, transfer.originNumber(), catalog::findByName))))
                .mapEmpty();
    }

    private String jurisdictionOf(long queueNumber) {
        QueueDefinition queue = catalog.findByNumber(queueNumber);
        return queue == null ? "" : queue.jurisdiction();
    }
}
