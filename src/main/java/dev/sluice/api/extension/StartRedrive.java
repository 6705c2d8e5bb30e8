package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.control.JsonBody;
import dev.sluice.api.http.Response;
import dev.sluice.api.message.LeaseTokens;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.redrive.RedriveSpec;
import dev.sluice.runtime.redrive.Redrives;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Starts to move dead letters back to where they came from, or to a named queue. */
public final class StartRedrive implements Operation {
    private final Catalog catalog;
    private final Redrives redrives;
    private final LeaseTokens tokens;
    private final RedriveView view;

    StartRedrive(Catalog catalog, Redrives redrives, LeaseTokens tokens, RedriveView view) {
        this.catalog = catalog;
        this.redrives = redrives;
        this.tokens = tokens;
        this.view = view;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject body = call.body().length() == 0 ? new JsonObject() : JsonBody.read(call.body());
        RedriveSpec spec = new RedriveSpec(
                destination(call.queue(), body), seqs(call.queue(), body), number(body, "limit", Long.MAX_VALUE), (int)
                        number(body, "messages_per_second", RedriveSpec.PER_SECOND_MAX));
        return redrives.start(call.queue(), spec).map(started -> Envelope.of(view.of(started)));
    }

    private long destination(QueueDefinition queue, JsonObject body) {
        String id = text(body, "destination_queue_id");
        String name = text(body, "destination_queue_name");
        QueueDefinition found;
        if (id != null && name != null) {
            throw refused("Give destination_queue_id or destination_queue_name, not both.");
        } else if (id != null) {
            found = catalog.find(queue.accountId(), id.toLowerCase(Locale.ROOT));
        } else if (name != null) {
            found = catalog.findByName(queue.accountId(), name);
        } else {
            return RedriveSpec.TO_ORIGIN;
        }
        if (found == null) {
            throw new QueueException(QueueError.QUEUE_UNKNOWN, "The destination of the redrive does not exist.");
        }
        if (found.number() == queue.number()) {
            throw refused("The destination must be another queue.");
        }
        return found.number();
    }

    private List<Long> seqs(QueueDefinition queue, JsonObject body) {
        Object value = body.getValue("refs");
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof JsonArray refs) || refs.isEmpty() || refs.size() > RedriveSpec.SEQS_MAX) {
            throw refused("refs must be an array of 1 to " + RedriveSpec.SEQS_MAX + " refs of a peek.");
        }
        List<Long> seqs = new ArrayList<>(refs.size());
        for (Object ref : refs) {
            LeaseId message = ref instanceof String token
                    ? tokens.decode(LeaseTokens.TokenKind.REF, queue.number(), token)
                    : null;
            if (message == null) {
                throw refused("refs must be refs that a peek of this queue returned.");
            }
            seqs.add(message.seq());
        }
        return seqs.stream().distinct().sorted().toList();
    }

    private static @Nullable String text(JsonObject body, String field) {
        Object value = body.getValue(field);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw refused(field + " must be a string.");
    }

    /** 0 if the field is absent. */
    private static long number(JsonObject body, String field, long max) {
        Object value = body.getValue(field);
        if (value == null) {
            return 0;
        }
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= 1
                && ((Number) value).longValue() <= max) {
            return ((Number) value).longValue();
        }
        throw refused(field + " must be an integer from 1" + (max == Long.MAX_VALUE ? " on." : " to " + max + "."));
    }

    private static QueueException refused(String text) {
        return new QueueException(QueueError.REQUEST_INVALID, text);
    }
}
