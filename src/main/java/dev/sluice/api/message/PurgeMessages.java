package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.List;

/** Deletes the messages that the refs of a peek identify (docs/api.md 6.6). */
public final class PurgeMessages implements Operation {
    private static final String UNKNOWN_REF = "ref does not identify a message in this queue";

    private final QueueClient queues;
    private final TokenDecoder decoder;
    private final LeaseTokens tokens;
    private final MessageResponseWriter responses;

    public PurgeMessages(
            QueueClient queues, TokenDecoder decoder, LeaseTokens tokens, MessageResponseWriter responses) {
        this.queues = queues;
        this.decoder = decoder;
        this.tokens = tokens;
        this.responses = responses;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        List<String> refs = decoder.refs(call.body().getBytes());
        return PurgeByRef.of(call.queue(), refs, tokens, UNKNOWN_REF)
                .run(queues)
                .map(warnings -> new Response(responses.purged(warnings)));
    }
}
