package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.CatalogClient.ConsumerSpec;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Adds the consumer of a queue (docs/api.md 5.2). */
public final class CreateConsumer implements Operation {
    private final CatalogClient changes;
    private final ConsumerFields fields;
    private final @Nullable ConsumerType typeIfAbsent;

    public CreateConsumer(CatalogClient changes, Contract contract, Limits limits) {
        this(changes, new ConsumerFields(contract, limits), null);
    }

    /**
     * An operation of the former paths, whose consumers are Workers.
     *
     * @param typeIfAbsent the type if the body has none; null if the body must have one
     */
    CreateConsumer(CatalogClient changes, ConsumerFields fields, @Nullable ConsumerType typeIfAbsent) {
        this.changes = changes;
        this.fields = fields;
        this.typeIfAbsent = typeIfAbsent;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        ConsumerSpec spec = fields.read(JsonBody.read(call.body()), call.queue(), typeIfAbsent);
        return changes.createConsumer(call.accountId(), call.queue().queueId(), spec)
                .map(consumer -> Envelope.of(ConsumerView.of(call.queue(), consumer)));
    }
}
