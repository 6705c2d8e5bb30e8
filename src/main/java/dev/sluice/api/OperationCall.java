package dev.sluice.api;

import dev.sluice.api.auth.Principal;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.tracing.OperationSpan;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request that has passed route, authentication, account, format of the queue id and existence of the queue, with its
 * complete body.
 *
 * @param accountId from the path, empty where the path has none
 * @param queue from the path; only for operations whose path has one
 * @param path further path parameters, decoded: {@code consumer_id}, {@code consumer_name}, {@code subscription_id}
 * @param query query parameters, decoded; unknown ones must be ignored
 * @param headers of the request
 * @param body empty if there was none
 * @param span of this request
 */
public record OperationCall(
        Principal caller,
        String accountId,
        @Nullable QueueDefinition queue,
        Map<String, String> path,
        MultiMap query,
        MultiMap headers,
        Buffer body,
        OperationSpan span) {
    /** A call that is not traced. */
    public OperationCall(
            Principal caller,
            String accountId,
            @Nullable QueueDefinition queue,
            Map<String, String> path,
            MultiMap query,
            MultiMap headers,
            Buffer body) {
        this(caller, accountId, queue, path, query, headers, body, OperationSpan.NONE);
    }

    @Override
    public QueueDefinition queue() {
        return Objects.requireNonNull(queue, "the path has no queue");
    }
}
