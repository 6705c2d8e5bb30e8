package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Replaces a consumer, or creates it on a queue that has none (docs/api.md 5.4). */
public final class PutConsumer implements Operation {
    private final CatalogClient changes;
    private final ConsumerFields fields;
    private final @Nullable ConsumerType typeIfAbsent;

    public PutConsumer(CatalogClient changes, Contract contract, Limits limits) {
        this(changes, new ConsumerFields(contract, limits), null);
    }

    /**
     * An operation of the former paths, whose consumers are Workers.
     *
     * @param typeIfAbsent the type if neither the body nor the queue has one; null if the body must have one then
     */
    PutConsumer(CatalogClient changes, ConsumerFields fields, @Nullable ConsumerType typeIfAbsent) {
        this.changes = changes;
        this.fields = fields;
        this.typeIfAbsent = typeIfAbsent;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        ConsumerType current =
                queue.consumer() == null ? typeIfAbsent : queue.consumer().type();
        ConsumerSpec spec = fields.read(JsonBody.read(call.body()), queue, current);
        return changes.replaceConsumer(call.accountId(), queue.queueId(), ConsumerPath.consumerId(call), spec)
                .map(consumer -> Envelope.of(ConsumerView.of(queue, consumer)));
    }
}
