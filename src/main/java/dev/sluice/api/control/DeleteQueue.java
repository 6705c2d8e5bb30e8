package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.CatalogClient;
import io.vertx.core.Future;

/** Deletes a queue with its messages and its consumer (docs/api.md 3.6). */
public final class DeleteQueue implements Operation {
    private final CatalogClient changes;

    public DeleteQueue(CatalogClient changes) {
        this.changes = changes;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return changes.deleteQueue(call.accountId(), call.queue().queueId()).map(done -> Envelope.empty());
    }
}
