package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.ConsumerView;
import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.JsonBody;
import dev.sluice.api.Operation;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.CatalogClient;
import dev.sluice.runtime.CatalogClient.ConsumerSpec;
import io.vertx.core.Future;

/** Adds the consumer of a queue (reference 5.2). */
public final class CreateConsumer implements Operation {
    private final CatalogClient changes;
    private final ConsumerFields fields;

    /** An operation on these. */
    public CreateConsumer(CatalogClient changes, Contract contract, Limits limits) {
        this.changes = changes;
        this.fields = new ConsumerFields(contract, limits);
    }

    @Override
    public String operationId() {
        return "queues-create-consumer";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        ConsumerSpec spec = fields.read(JsonBody.read(call.body()), call.queue(), null);
        return changes.createConsumer(call.accountId(), call.queue().queueId(), spec)
                .map(consumer -> Envelope.of(ConsumerView.of(call.queue(), consumer)));
    }
}
