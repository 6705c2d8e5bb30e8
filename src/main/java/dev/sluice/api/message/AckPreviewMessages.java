package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Purge by ref under its former name (docs/api.md 2). The body is that of an ack; its {@code acks} are deleted. Its
 * {@code retries} have no effect, since a preview takes no lease; invalid ones get a warning.
 */
public final class AckPreviewMessages implements Operation {
    private final QueueClient queues;
    private final TokenDecoder decoder;
    private final LeaseTokens tokens;
    private final MessageResponseWriter responses;

    public AckPreviewMessages(
            QueueClient queues, TokenDecoder decoder, LeaseTokens tokens, MessageResponseWriter responses) {
        this.queues = queues;
        this.decoder = decoder;
        this.tokens = tokens;
        this.responses = responses;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        TokenDecoder.AckRequest request = decoder.ack(call.body().getBytes());
        Map<String, String> retryWarnings = new LinkedHashMap<>();
        for (String token : request.retries()) {
            if (tokens.decode(LeaseTokens.TokenKind.REF, call.queue().number(), token) == null) {
                retryWarnings.put(token, AckMessages.INVALID_LEASE_ID);
            }
        }
        return PurgeByRef.of(call.queue(), request.acks(), tokens, AckMessages.INVALID_LEASE_ID)
                .run(queues)
                .map(warnings -> {
                    warnings.putAll(retryWarnings);
                    return new Response(responses.previewAcked(warnings));
                });
    }
}
