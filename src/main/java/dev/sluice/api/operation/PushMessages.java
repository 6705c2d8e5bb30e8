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

/** Pushes a batch, all or none (reference 6.2). */
public final class PushMessages implements Operation {
    private final QueueClient queues;
    private final MessageDecoder decoder;
    private final MessageAnswers answers;

    /** With the decoder and the answers of the event loop. */
    public PushMessages(QueueClient queues, MessageDecoder decoder, MessageAnswers answers) {
        this.queues = queues;
        this.decoder = decoder;
        this.answers = answers;
    }

    @Override
    public String operationId() {
        return "queues-push-messages";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        List<NewMessage> messages = decoder.batch(call.body().getBytes());
        return queues.push(call.queue(), messages).map(metrics -> new Answer(answers.pushed(metrics)));
    }
}
