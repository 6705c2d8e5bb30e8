package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Identifiers;
import dev.sluice.api.Operation;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.CatalogClient;
import io.vertx.core.Future;

/** Removes the consumer of a queue (reference 5.5). */
public final class DeleteConsumer implements Operation {
    private final CatalogClient changes;

    /** An operation on these. */
    public DeleteConsumer(CatalogClient changes) {
        this.changes = changes;
    }

    @Override
    public String operationId() {
        return "queues-delete-consumer";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        String consumerId = Identifiers.normalize(call.path().get("consumer_id"));
        if (consumerId == null) {
            throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Consumer not found.");
        }
        return changes.deleteConsumer(call.accountId(), call.queue().queueId(), consumerId)
                .map(done -> Envelope.empty());
    }
}
