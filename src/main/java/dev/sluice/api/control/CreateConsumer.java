package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import io.vertx.core.Future;

/** Adds the consumer of a queue (docs/api.md 5.2). */
public final class CreateConsumer implements Operation {
    private final CatalogClient changes;
    private final ConsumerFields fields;

    public CreateConsumer(CatalogClient changes, Contract contract, Limits limits) {
        this.changes = changes;
        this.fields = new ConsumerFields(contract, limits);
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        ConsumerSpec spec = fields.read(JsonBody.read(call.body()), call.queue(), null);
        return changes.createConsumer(call.accountId(), call.queue().queueId(), spec)
                .map(consumer -> Envelope.of(ConsumerView.of(call.queue(), consumer)));
    }
}
