package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Access;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Purge by ref under its former name (docs/api.md 2): the body is that of an ack, its {@code acks} are deleted. Its
 * {@code retries} have nothing to put back, since a preview takes no lease: good ones are passed over, others draw a warning.
 */
public final class AckPreviewMessages implements Operation {
    private final QueueClient queues;
    private final TokenDecoder decoder;
    private final LeaseTokens tokens;
    private final MessageResponseWriter answers;

    /** With what belongs to the event loop. */
    public AckPreviewMessages(
            QueueClient queues, TokenDecoder decoder, LeaseTokens tokens, MessageResponseWriter answers) {
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
    public Future<Response> handle(OperationCall call) {
        TokenDecoder.AckRequest request = decoder.ack(call.body().getBytes());
        Map<String, String> retryWarnings = new LinkedHashMap<>();
        for (String token : request.retries()) {
            if (tokens.decode(LeaseTokens.TokenKind.REF, call.queue().number(), token) == null) {
                retryWarnings.put(token, AckMessages.NOT_VALID);
            }
        }
        return PurgeByRef.of(call.queue(), request.acks(), tokens, AckMessages.NOT_VALID)
                .run(queues)
                .map(warnings -> {
                    warnings.putAll(retryWarnings);
                    return new Response(answers.previewAcked(warnings));
                });
    }
}
