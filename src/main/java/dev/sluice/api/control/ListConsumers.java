package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.Page;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.QueueDefinition;
import io.vertx.core.Future;
import java.util.List;

/** Lists the consumers of a queue, at most one (docs/api.md 5.3). */
public final class ListConsumers implements Operation {
    private static final int PER_PAGE_DEFAULT = 100;
    private static final int PER_PAGE_MAX = 100;

    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        List<Consumer> consumers = queue.consumer() == null ? List.of() : List.of(queue.consumer());
        Page<Consumer> page = Page.of(consumers, call.query(), PER_PAGE_DEFAULT, PER_PAGE_MAX);
        return Future.succeededFuture(Envelope.list(page, consumer -> ConsumerView.of(queue, consumer)));
    }
}
