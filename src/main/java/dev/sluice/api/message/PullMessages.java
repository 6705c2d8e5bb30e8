package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Access;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Content;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.function.ToIntFunction;

/** Leases messages to an http_pull consumer (docs/api.md 6.3). */
public final class PullMessages implements Operation {
    private final QueueClient queues;
    private final PullDecoder decoder;
    private final MessageResponseWriter answers;
    private final ToIntFunction<Content> sizeOf;

    /** With the decoder and the answers of the event loop. */
    public PullMessages(QueueClient queues, PullDecoder decoder, MessageResponseWriter answers) {
        this.queues = queues;
        this.decoder = decoder;
        this.answers = answers;
        this.sizeOf = answers::bytesOf;
    }

    @Override
    public String operationId() {
        return "queues-pull-messages";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public boolean answersWithMessages() {
        return true;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        PullDecoder.PullRequest request = decoder.pull(call.body().getBytes());
        return queues.pull(queue, request.batchSize(), request.visibilityTimeoutMillis(), sizeOf)
                .map(delivered ->
                        ResponseRendering.of(delivered.pending(), () -> answers.pulled(queue.number(), delivered)));
    }
}
