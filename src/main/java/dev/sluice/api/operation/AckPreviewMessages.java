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
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Purge by ref under its former name (reference 2): the body is that of an ack, its {@code acks} are deleted. Its
 * {@code retries} have nothing to put back, since a preview takes no lease: good ones are passed over, others draw a warning.
 */
public final class AckPreviewMessages implements Operation {
    private final QueueClient queues;
    private final TokenDecoder decoder;
    private final LeaseTokens tokens;
    private final MessageAnswers answers;

    /** With what belongs to the event loop. */
    public AckPreviewMessages(QueueClient queues, TokenDecoder decoder, LeaseTokens tokens, MessageAnswers answers) {
        this.queues = queues;
        this.decoder = decoder;
        this.tokens = tokens;
        this.answers = answers;
    }

    @Override
    public String operationId() {
        return "queues-ack-preview-messages";
    }

    @Override
    public Access access() {
        return Access.WRITE;
    }

    @Override
    public Future<Answer> answer(Call call) {
        TokenDecoder.AckRequest request = decoder.ack(call.body().getBytes());
        Map<String, String> retryWarnings = new LinkedHashMap<>();
        for (String token : request.retries()) {
            if (tokens.decode(LeaseTokens.Kind.REF, call.queue().number(), token) == null) {
                retryWarnings.put(token, AckMessages.NOT_VALID);
            }
        }
        return RefPurge.of(call.queue(), request.acks(), tokens, AckMessages.NOT_VALID)
                .run(queues)
                .map(warnings -> {
                    warnings.putAll(retryWarnings);
                    return new Answer(answers.previewAcked(warnings));
                });
    }
}
