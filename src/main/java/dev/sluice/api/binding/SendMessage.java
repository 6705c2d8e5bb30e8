package dev.sluice.api.binding;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.TracedOperation;
import io.vertx.core.Future;
import java.util.List;

/** Stores one message. The request body is the message body as it is; type and delay are in headers. */
public final class SendMessage implements Operation {
    private final QueueClient queues;
    private final BindingDecoder decoder;
    private final BindingResponseWriter responses;

    SendMessage(QueueClient queues, BindingDecoder decoder, BindingResponseWriter responses) {
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
        NewMessage message = decoder.single(
                call.body().getBytes(),
                call.headers().get(BindingDecoder.FORMAT),
                call.headers().get(BindingDecoder.DELAY));
        return queues.push(
                        call.queue(),
                        call.span().published(List.of(message)),
                        call.span().recorded())
                .map(metrics -> new Response(responses.sent(metrics)));
    }
}
