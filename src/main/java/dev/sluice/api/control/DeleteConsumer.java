package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Identifiers;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.CatalogClient;
import io.vertx.core.Future;

/** Removes the consumer of a queue (docs/api.md 5.5). */
public final class DeleteConsumer implements Operation {
    private final CatalogClient changes;

    public DeleteConsumer(CatalogClient changes) {
        this.changes = changes;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        String consumerId = Identifiers.normalize(call.path().get("consumer_id"));
        if (consumerId == null) {
            throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Consumer not found.");
        }
        return changes.deleteConsumer(call.accountId(), call.queue().queueId(), consumerId)
                .map(done -> Envelope.empty());
    }
}
