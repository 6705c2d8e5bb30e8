package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Future;

/** Shows a consumer of a queue (docs/api.md 5.3). */
public final class GetConsumer implements Operation {
    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        Consumer consumer = queue.consumer();
        if (consumer == null || !consumer.consumerId().equals(ConsumerPath.consumerId(call))) {
            throw new QueueException(QueueError.RESOURCE_UNKNOWN, "Consumer not found.");
        }
        return Future.succeededFuture(Envelope.of(ConsumerView.of(queue, consumer)));
    }
}
