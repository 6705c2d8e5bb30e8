package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.MessageAnswers;
import dev.sluice.api.Operation;
import dev.sluice.api.PullDecoder;
import dev.sluice.queue.Content;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.QueueClient;
import io.vertx.core.Future;
import java.util.function.ToIntFunction;

/** Leases messages to an http_pull consumer (reference 6.3). */
public final class PullMessages implements Operation {
    private final QueueClient queues;
    private final PullDecoder decoder;
    private final MessageAnswers answers;
    private final ToIntFunction<Content> sizeOf;

    /** With the decoder and the answers of the event loop. */
    public PullMessages(QueueClient queues, PullDecoder decoder, MessageAnswers answers) {
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
    public Future<Answer> answer(Call call) {
        QueueDefinition queue = call.queue();
        PullDecoder.Request request = decoder.pull(call.body().getBytes());
        return queues.pull(queue, request.batchSize(), request.visibilityTimeoutMillis(), sizeOf)
                .map(delivered -> Rendering.of(delivered.pending(), () -> answers.pulled(queue.number(), delivered)));
    }
}
