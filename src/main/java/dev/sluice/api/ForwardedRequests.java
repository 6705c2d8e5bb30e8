package dev.sluice.api;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.RequestIds;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves requests that another node has authenticated and checked. The response is the one that the client gets. Owned
 * by one event loop.
 */
public final class ForwardedRequests {
    private final Gateway gateway;
    private final RoutedRequests routed;
    private final Map<String, RouteTable.Row> operations = new HashMap<>();

    /**
     * Creates it.
     *
     * @param gateway for this event loop and for this purpose alone; its limit of request bodies has room for
     *     {@link ForwardedCall#OVERHEAD_BYTES_MAX}
     * @param operations of this event loop
     */
    public ForwardedRequests(
            Gateway gateway,
            ClusterRouting routing,
            Contract contract,
            Collection<OperationBinding> operations,
            Meters meters) {
        this.gateway = gateway;
        this.routed = new RoutedRequests(gateway, routing);
        RouteTable.of(contract, operations, meters)
                .all()
                .forEach(row -> this.operations.put(row.binding().operationId(), row));
    }

    /** Starts the timeouts of bodies and responses. */
    public void begin(Vertx vertx, long bodyMillis, long idleMillis) {
        gateway.begin(vertx, bodyMillis, idleMillis);
    }

    /** Reads the body of a request, in the event loop task in which it arrived. The caller must release it. */
    public Future<Buffer> readBody(HttpServerRequest request) {
        return gateway.readBody(request, System.nanoTime());
    }

    /** Releases the memory of a body. */
    public void releaseBody(Buffer body) {
        gateway.releaseBody(body);
    }

    /** Where an operation is to be served; null if there is no such operation. */
    public @Nullable OperationPlace placeOf(ForwardedCall call) {
        RouteTable.@Nullable Row row = operations.get(call.operationId());
        return row == null ? null : row.place();
    }

    /**
     * Serves a call that belongs to this node. Completes when the response was handed to the connection.
     *
     * @param queue that of the call, from the catalog of this node; null if the call has none
     */
    public Future<Void> serve(HttpServerRequest request, ForwardedCall call, @Nullable QueueDefinition queue) {
        RouteTable.Row row = Objects.requireNonNull(operations.get(call.operationId()), "placeOf has found it");
        showRequestId(request, call);
        Gateway.Subject subject =
                new Gateway.Subject(call.caller(), Objects.requireNonNullElse(call.accountId(), ""), queue);
        try {
            return routed.serveHere(
                    row, request, subject, call.path(), call.query(), call.headers(), call.body(), System.nanoTime());
        } catch (RuntimeException refusal) {
            gateway.respondWithFailure(row, request, refusal);
            return Future.succeededFuture();
        }
    }

    /** The id that the client gets. */
    private static void showRequestId(HttpServerRequest request, ForwardedCall call) {
        String id = call.headers().get(RequestIds.HEADER);
        if (id != null) {
            request.response().headers().set(RequestIds.HEADER, id);
        }
    }

    /** Responds with a failure. */
    public void fail(HttpServerRequest request, ForwardedCall call, Throwable failure) {
        showRequestId(request, call);
        gateway.fail(request, failure);
    }
}
