package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.Identifiers;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import io.vertx.core.Future;

/** Replaces a consumer, or creates it on a queue that has none (docs/api.md 5.4). */
public final class PutConsumer implements Operation {
    private final CatalogClient changes;
    private final ConsumerFields fields;

    public PutConsumer(CatalogClient changes, Contract contract, Limits limits) {
        this.changes = changes;
        this.fields = new ConsumerFields(contract, limits);
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        ConsumerType current =
                queue.consumer() == null ? null : queue.consumer().type();
        ConsumerSpec spec = fields.read(JsonBody.read(call.body()), queue, current);
        String given = call.path().get("consumer_id");
        String consumerId = Identifiers.normalize(given);
        return changes.replaceConsumer(call.accountId(), queue.queueId(), consumerId == null ? given : consumerId, spec)
                .map(consumer -> Envelope.of(ConsumerView.of(queue, consumer)));
    }
}
