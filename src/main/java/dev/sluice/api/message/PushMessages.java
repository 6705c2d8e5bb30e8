package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.TracedOperation;
import io.vertx.core.Future;
import java.util.List;

/** Pushes a batch of messages, all or none (docs/api.md 6.2). */
public final class PushMessages implements Operation {
    private final QueueClient queues;
    private final MessageDecoder decoder;
    private final MessageResponseWriter responses;

    public PushMessages(QueueClient queues, MessageDecoder decoder, MessageResponseWriter responses) {
        this.queues = queues;
        this.decoder = decoder;
        this.responses = responses;
    }

    @Override
    public TracedOperation traced() {
        return TracedOperation.PUSH;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        List<NewMessage> messages = decoder.batch(call.body().getBytes());
        return queues.push(
                        call.queue(),
                        call.span().published(messages),
                        call.span().recorded())
                .map(metrics -> new Response(responses.pushed(metrics)));
    }
}
