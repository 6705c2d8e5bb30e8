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

/**
 * Peek under its former name (docs/api.md 2): the same, but the ref is called {@code lease_id}. It is no lease all the same:
 * only {@link AckPreviewMessages} takes it.
 */
public final class PreviewMessages implements Operation {
    private final QueueClient queues;
    private final PullDecoder decoder;
    private final MessageResponseWriter answers;
    private final ToIntFunction<Content> sizeOf;

    /** With the decoder and the answers of the event loop. */
    public PreviewMessages(QueueClient queues, PullDecoder decoder, MessageResponseWriter answers) {
        this.queues = queues;
        this.decoder = decoder;
        this.answers = answers;
        this.sizeOf = answers::bytesOf;
    }

    @Override
    public String operationId() {
        return "queues-preview-messages";
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
        return queues.peek(queue, decoder.peek(call.body().getBytes()), sizeOf)
                .map(shown -> ResponseRendering.of(shown.pending(), () -> answers.previewed(queue.number(), shown)));
    }
}
