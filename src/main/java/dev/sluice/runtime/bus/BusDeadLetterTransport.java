package dev.sluice.runtime.bus;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.deadletter.DeadLetterRoute;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import io.vertx.core.Future;

/** Brings dead letters over the event bus. Usable from any event loop. */
public final class BusDeadLetterTransport implements DeadLetterTransport {
    private final CatalogView catalog;
    private final BusCatalogClient changes;
    private final BusQueueClient queues;

    public BusDeadLetterTransport(CatalogView catalog, BusCatalogClient changes, BusQueueClient queues) {
        this.catalog = catalog;
        this.changes = changes;
        this.queues = queues;
    }

    @Override
    public Future<Void> send(String accountId, String deadLetterQueue, QueueRequest.ReceiveDeadLetters letters) {
        QueueDefinition known = catalog.findByName(accountId, deadLetterQueue);
        Future<QueueDefinition> target =
                known != null ? Future.succeededFuture(known) : changes.ensureQueue(accountId, deadLetterQueue);
        return target.compose(queue -> queues.send(
                        queue.number(),
                        letters.withCircle(DeadLetterRoute.leads(queue, letters.originNumber(), catalog::findByName))))
                .mapEmpty();
    }
}
