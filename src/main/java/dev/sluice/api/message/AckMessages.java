package dev.sluice.api.message;

import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Ack;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.tracing.TracedOperation;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Acknowledges and retries leases (docs/api.md 6.4, 11.6). Tokens that this installation did not issue for this queue
 * are not passed to the queue; each gets a warning.
 */
public final class AckMessages implements Operation {
    static final String INVALID_LEASE_ID = "lease_id is not valid for this queue";

    private final QueueClient queues;
    private final TokenDecoder decoder;
    private final LeaseTokens tokens;
    private final MessageResponseWriter responses;

    public AckMessages(QueueClient queues, TokenDecoder decoder, LeaseTokens tokens, MessageResponseWriter responses) {
        this.queues = queues;
        this.decoder = decoder;
        this.tokens = tokens;
        this.responses = responses;
    }

    @Override
    public TracedOperation traced() {
        return TracedOperation.ACK;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        QueueDefinition queue = call.queue();
        TokenDecoder.AckRequest request = decoder.ack(call.body().getBytes());
        call.span().settled(request.acks().size() + request.retries().size());
        Map<String, String> warnings = new LinkedHashMap<>();
        List<String> ackTokens = new ArrayList<>(request.acks().size());
        List<String> retryTokens = new ArrayList<>(request.retries().size());
        Ack command =
                new Ack(acks(queue, request, ackTokens, warnings), retries(queue, request, retryTokens, warnings));
        if (ackTokens.isEmpty() && retryTokens.isEmpty()) {
            return Future.succeededFuture(new Response(responses.acked(0, 0, warnings)));
        }
        return queues.ack(queue, command).map(reply -> {
            addWarnings(warnings, ackTokens, reply.ackWarnings());
            addWarnings(warnings, retryTokens, reply.retryWarnings());
            return new Response(responses.acked(reply.ackCount(), reply.retryCount(), warnings));
        });
    }

    private List<LeaseId> acks(
            QueueDefinition queue, TokenDecoder.AckRequest request, List<String> valid, Map<String, String> warnings) {
        List<LeaseId> leases = new ArrayList<>(request.acks().size());
        for (String token : request.acks()) {
            LeaseId lease = tokens.decode(LeaseTokens.TokenKind.LEASE, queue.number(), token);
            if (lease == null) {
                warnings.put(token, INVALID_LEASE_ID);
            } else {
                leases.add(lease);
                valid.add(token);
            }
        }
        return leases;
    }

    private List<Ack.Retry> retries(
            QueueDefinition queue, TokenDecoder.AckRequest request, List<String> valid, Map<String, String> warnings) {
        List<Ack.Retry> retries = new ArrayList<>(request.retries().size());
        for (int i = 0; i < request.retries().size(); i++) {
            String token = request.retries().get(i);
            LeaseId lease = tokens.decode(LeaseTokens.TokenKind.LEASE, queue.number(), token);
            if (lease == null) {
                warnings.put(token, INVALID_LEASE_ID);
            } else {
                retries.add(new Ack.Retry(lease, request.retryDelaysSeconds().get(i)));
                valid.add(token);
            }
        }
        return retries;
    }

    private static void addWarnings(Map<String, String> warnings, List<String> tokens, List<Ack.Warning> toAdd) {
        for (int i = 0; i < toAdd.size(); i++) {
            Ack.Warning warning = toAdd.get(i);
            if (warning != null) {
                warnings.put(tokens.get(i), text(warning));
            }
        }
    }

    private static String text(Ack.Warning warning) {
        return switch (warning) {
            case DUPLICATE -> "lease_id appears more than once in this request; only its first use counts";
            case SUPERSEDED -> "message was delivered again in the meantime; the retry is ignored";
            case GONE -> "message is no longer in this queue; the retry is ignored";
            case UNKNOWN -> INVALID_LEASE_ID;
        };
    }
}
