package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Access;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.List;

/** Deletes the messages that refs of a peek name (docs/api.md 6.6). */
public final class PurgeMessages implements Operation {
    private static final String NOT_HERE = "ref does not identify a message in this queue";

    private final QueueClient queues;
    private final TokenDecoder decoder;
    private final LeaseTokens tokens;
    private final MessageResponseWriter answers;

    /** With what belongs to the event loop. */
    public PurgeMessages(QueueClient queues, TokenDecoder decoder, LeaseTokens tokens, MessageResponseWriter answers) {
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
    public Future<Response> handle(OperationCall call) {
        List<String> refs = decoder.refs(call.body().getBytes());
        return PurgeByRef.of(call.queue(), refs, tokens, NOT_HERE)
                .run(queues)
                .map(warnings -> new Response(answers.purged(warnings)));
    }
}
