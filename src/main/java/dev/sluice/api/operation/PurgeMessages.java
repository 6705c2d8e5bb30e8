package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.LeaseTokens;
import dev.sluice.api.MessageAnswers;
import dev.sluice.api.Operation;
import dev.sluice.api.TokenDecoder;
import dev.sluice.runtime.QueueClient;
import io.vertx.core.Future;
import java.util.List;

/** Deletes the messages that refs of a peek name (reference 6.6). */
public final class PurgeMessages implements Operation {
    private static final String NOT_HERE = "ref does not identify a message in this queue";

    private final QueueClient queues;
    private final TokenDecoder decoder;
    private final LeaseTokens tokens;
    private final MessageAnswers answers;

    /** With what belongs to the event loop. */
    public PurgeMessages(QueueClient queues, TokenDecoder decoder, LeaseTokens tokens, MessageAnswers answers) {
        this.queues = queues;
        this.decoder = decoder;
        this.tokens = tokens;
        this.answers = answers;
    }

    @Override
    public String operationId() {
        return "queues-purge-messages";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        List<String> refs = decoder.refs(call.body().getBytes());
        return RefPurge.of(call.queue(), refs, tokens, NOT_HERE)
                .run(queues)
                .map(warnings -> new Answer(answers.purged(warnings)));
    }
}
