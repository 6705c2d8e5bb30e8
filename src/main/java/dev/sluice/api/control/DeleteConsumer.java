package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
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
        return changes.deleteConsumer(call.accountId(), call.queue().queueId(), ConsumerPath.consumerId(call))
                .map(done -> Envelope.empty());
    }
}
