package dev.sluice.api.binding;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.TracedOperation;
import io.vertx.core.Future;
import java.util.List;

/** Stores the messages of a request, all or none. Subclasses decode them. */
abstract class SendOperation implements Operation {
    private final QueueClient queues;
    private final BindingResponseWriter responses;

    SendOperation(QueueClient queues, BindingResponseWriter responses) {
        this.queues = queues;
        this.responses = responses;
    }

    /**
     * The messages of the request, at least one.
     *
     * @throws dev.sluice.api.error.EdgeException if it is malformed or too large
     */
    abstract List<NewMessage> decode(OperationCall call);

    @Override
    public boolean failsWithErrorHeaders() {
        return true;
    }

    @Override
    public TracedOperation traced() {
        return TracedOperation.PUSH;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        List<NewMessage> messages = decode(call);
        return queues.push(
                        call.queue(),
                        call.span().published(messages),
                        call.span().recorded())
                .map(metrics -> new Response(responses.sent(metrics)));
    }
}
