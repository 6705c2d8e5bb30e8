package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import io.vertx.core.Future;

/** Brings dead letters over the event bus. Usable from any event loop. */
final class BusDeadLetterPost implements DeadLetterPost {
    private final CatalogView catalog;
    private final BusCatalogClient changes;
    private final BusQueueClient queues;

    BusDeadLetterPost(CatalogView catalog, BusCatalogClient changes, BusQueueClient queues) {
        this.catalog = catalog;
        this.changes = changes;
        this.queues = queues;
    }

    @Override
    public Future<Void> bring(String accountId, String deadLetterQueue, QueueRequest.TakeDeadLetters letters) {
        QueueDefinition known = catalog.findByName(accountId, deadLetterQueue);
        Future<QueueDefinition> target =
                known != null ? Future.succeededFuture(known) : changes.ensureQueue(accountId, deadLetterQueue);
        return target.compose(queue -> queues.send(
                        queue.number(),
                        letters.withCircle(DeadLetterRoute.leads(queue, letters.originNumber(), catalog::findByName))))
                .mapEmpty();
    }
}
