package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.deadletter.DeadLetterRoute;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import io.vertx.core.Future;

/** Sends dead letters over the event bus. Usable from any event loop. */
public final class BusDeadLetterTransport implements DeadLetterTransport {
    private final CatalogView catalog;
    private final BusCatalogClient catalogClient;
    private final BusQueueClient queueClient;

    public BusDeadLetterTransport(CatalogView catalog, BusCatalogClient catalogClient, BusQueueClient queueClient) {
        this.catalog = catalog;
        this.catalogClient = catalogClient;
        this.queueClient = queueClient;
    }

    @Override
    public Future<Void> send(String accountId, String deadLetterQueue, QueueRequest.ReceiveDeadLetters transfer) {
        QueueDefinition existing = catalog.findByName(accountId, deadLetterQueue);
        Future<QueueDefinition> target = existing != null
                ? Future.succeededFuture(existing)
                : catalogClient.ensureQueue(accountId, deadLetterQueue, jurisdictionOf(transfer.originNumber()));
        return target.compose(queue -> queueClient.send(
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
