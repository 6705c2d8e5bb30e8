package dev.sluice.api;

import dev.sluice.api.auth.Principal;
import dev.sluice.config.Access;
import dev.sluice.queue.QueueError;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request that a node has authenticated and checked, and that another one is to serve. On the wire: the length of a
 * JSON object (4 bytes), the object, the body of the request.
 *
 * @param accountId null where the path has none
 * @param queueNumber null where the path has no queue
 * @param unknownQueue the error if there is no such queue any more
 * @param path as in {@link OperationCall}
 * @param headers those that operations read
 */
public record ForwardedCall(
        String operationId,
        Principal caller,
        @Nullable String accountId,
        @Nullable Long queueNumber,
        QueueError unknownQueue,
        Map<String, String> path,
        MultiMap query,
        MultiMap headers,
        Buffer body) {
    /** What the object may take beside the body of the request, in bytes. */
    public static final int OVERHEAD_BYTES_MAX = 256 * 1024;

    /** Headers that operations read, and those that link a request to the log and to a trace. */
    private static final Predicate<String> HEADERS = Pattern.compile(
                    "x-msg-.*|x-request-id|traceparent|tracestate", Pattern.CASE_INSENSITIVE)
            .asMatchPredicate();

    private static final int LENGTH_BYTES = 4;

    /** The bytes of this call. */
    public Buffer encode() {
        JsonObject json = new JsonObject()
                .put("operation", operationId)
                .put(
                        "caller",
                        new JsonObject()
                                .put("name", caller.name())
                                .put("email", caller.email())
                                .put("accounts", new JsonArray(List.copyOf(caller.accounts())))
                                .put("access", caller.access().name()))
                .put("account", accountId)
                .put("queue", queueNumber)
                .put("unknown", unknownQueue.number())
                .put("path", new JsonObject(new HashMap<>(path)))
                .put("query", pairs(query, name -> true))
                .put("headers", pairs(headers, HEADERS));
        Buffer object = json.toBuffer();
        return Buffer.buffer(LENGTH_BYTES + object.length() + body.length())
                .appendInt(object.length())
                .appendBuffer(object)
                .appendBuffer(body);
    }

    /**
     * Reads a call from its bytes.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ForwardedCall decode(Buffer bytes) {
        try {
            int end = LENGTH_BYTES + bytes.getInt(0);
            JsonObject json = new JsonObject(bytes.getBuffer(LENGTH_BYTES, end));
            JsonObject caller = json.getJsonObject("caller");
            return new ForwardedCall(
                    json.getString("operation"),
                    new Principal(
                            caller.getString("name"),
                            caller.getString("email"),
                            Set.copyOf(caller.getJsonArray("accounts").stream()
                                    .map(String.class::cast)
                                    .toList()),
                            Access.valueOf(caller.getString("access"))),
                    json.getString("account"),
                    json.getLong("queue"),
                    QueueError.ofNumber(json.getInteger("unknown")),
                    json.getJsonObject("path").stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, entry -> (String) entry.getValue())),
                    multiMap(json.getJsonArray("query")),
                    multiMap(json.getJsonArray("headers")),
                    bytes.slice(end, bytes.length()));
        } catch (RuntimeException malformed) {
            throw new IllegalArgumentException("not a forwarded call: " + malformed, malformed);
        }
    }

    private static JsonArray pairs(MultiMap values, Predicate<String> names) {
        JsonArray pairs = new JsonArray();
        values.forEach(entry -> {
            if (names.test(entry.getKey())) {
                pairs.add(entry.getKey()).add(entry.getValue());
            }
        });
        return pairs;
    }

    private static MultiMap multiMap(JsonArray pairs) {
        MultiMap values = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < pairs.size(); i += 2) {
            values.add(pairs.getString(i), pairs.getString(i + 1));
        }
        return values;
    }
}
