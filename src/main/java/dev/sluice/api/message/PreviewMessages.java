package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Content;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.function.ToIntFunction;

/**
 * Peek under its former name (docs/api.md 2). The ref is called {@code lease_id}, but it is not a lease: only {@link
 * AckPreviewMessages} accepts it.
 */
public final class PreviewMessages implements Operation {
    private final QueueClient queues;
    private final PullDecoder decoder;
    private final MessageResponseWriter responses;
    private final ToIntFunction<Content> sizeOf;

    public PreviewMessages(QueueClient queues, PullDecoder decoder, MessageResponseWriter responses) {
        this.queues = queues;
        this.decoder = decoder;
        this.responses = responses;
        this.sizeOf = responses::bytesOf;
    }

    @Override
    public boolean respondsWithMessages() {
        return true;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        return queues.peek(queue, decoder.peek(call.body().getBytes()), sizeOf)
                .map(shown -> ResponseRendering.of(shown.pending(), () -> responses.previewed(queue.number(), shown)));
    }
}
