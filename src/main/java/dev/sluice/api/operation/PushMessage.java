package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.MessageAnswers;
import dev.sluice.api.MessageDecoder;
import dev.sluice.api.Operation;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.QueueClient;
import io.vertx.core.Future;
import java.util.List;

/** Pushes one message (reference 6.1). */
public final class PushMessage implements Operation {
    private final QueueClient queues;
    private final MessageDecoder decoder;
    private final MessageAnswers answers;

    /** With the decoder and the answers of the event loop. */
    public PushMessage(QueueClient queues, MessageDecoder decoder, MessageAnswers answers) {
        this.queues = queues;
        this.decoder = decoder;
        this.answers = answers;
    }

    @Override
    public String operationId() {
        return "queues-push-message";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        NewMessage message = decoder.single(call.body().getBytes());
        return queues.push(call.queue(), List.of(message)).map(metrics -> new Answer(answers.pushed(metrics)));
    }
}
