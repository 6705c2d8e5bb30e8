package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.runtime.CatalogClient;
import io.vertx.core.Future;

/** Deletes a queue with all that belongs to it (reference 3.6). */
public final class DeleteQueue implements Operation {
    private final CatalogClient changes;

    /** An operation on these. */
    public DeleteQueue(CatalogClient changes) {
        this.changes = changes;
    }

    @Override
    public String operationId() {
        return "queues-delete";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        return changes.deleteQueue(call.accountId(), call.queue().queueId()).map(done -> Envelope.empty());
    }
}
