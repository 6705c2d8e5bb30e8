package dev.sluice.api.binding;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;

/** Shows the backlog of a queue to a Worker. */
public final class BindingMetrics implements Operation {
    private final QueueClient queues;
    private final BindingResponseWriter responses;

    BindingMetrics(QueueClient queues, BindingResponseWriter responses) {
        this.queues = queues;
        this.responses = responses;
    }

    @Override
    public boolean failsWithErrorHeaders() {
        return true;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return queues.metrics(call.queue()).map(metrics -> new Response(responses.metrics(metrics)));
    }
}
