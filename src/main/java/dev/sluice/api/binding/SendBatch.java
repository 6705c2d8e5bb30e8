package dev.sluice.api.binding;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.TracedOperation;
import io.vertx.core.Future;
import java.util.List;

/** Stores a batch of messages, all or none. The request body is JSON with a base64 body per message. */
public final class SendBatch implements Operation {
    private final QueueClient queues;
    private final BindingDecoder decoder;
    private final BindingResponseWriter responses;

    SendBatch(QueueClient queues, BindingDecoder decoder, BindingResponseWriter responses) {
        this.queues = queues;
        this.decoder = decoder;
        this.responses = responses;
    }

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
        List<NewMessage> messages =
                decoder.batch(call.body().getBytes(), call.headers().get(BindingDecoder.DELAY));
        return queues.push(
                        call.queue(),
                        call.span().published(messages),
                        call.span().recorded())
                .map(metrics -> new Response(responses.sent(metrics)));
    }
}
