package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Content;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.TracedOperation;
import io.vertx.core.Future;
import java.util.function.ToIntFunction;

/** Leases messages to an http_pull consumer (docs/api.md 6.3). */
public final class PullMessages implements Operation {
    private final QueueClient queues;
    private final PullDecoder decoder;
    private final MessageResponseWriter responses;
    private final ToIntFunction<Content> sizeOf;

    public PullMessages(QueueClient queues, PullDecoder decoder, MessageResponseWriter responses) {
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
    public TracedOperation traced() {
        return TracedOperation.PULL;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        PullDecoder.PullRequest request = decoder.pull(call.body().getBytes());
        return queues.pull(queue, request.batchSize(), request.visibilityTimeoutMillis(), sizeOf)
                .map(delivered -> {
                    call.span().received(delivered.deliveries());
                    return ResponseRendering.of(delivered.pending(), () -> responses.pulled(queue.number(), delivered));
                });
    }
}
