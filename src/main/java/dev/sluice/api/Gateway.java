package dev.sluice.api;

import dev.sluice.api.auth.Authenticator;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.http.ConnectionTracker;
import dev.sluice.api.http.LingeringClose;
import dev.sluice.api.http.RequestBodyReader;
import dev.sluice.api.http.Response;
import dev.sluice.api.http.ResponseWriter;
import dev.sluice.config.Access;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.TimeoutQueue;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;

/**
 * Runs the steps that all operations share, in the documented order: credentials, account, queue, body, then the
 * operation, then the response. Depends on requests but not on routers, so that any router can use it.
 *
 * <p>Owned by one event loop.
 */
public final class Gateway {
    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final MultiMap NO_QUERY = MultiMap.caseInsensitiveMultiMap();

    private final Authenticator authenticator;
    private final Catalog catalog;

    private final RequestBodyReader body;
    private final ConnectionTracker connections;
    private final ResponseWriter responses;
    private final FailureRenderer failures;

    public Gateway(Authenticator authenticator, Catalog catalog, Limits limits, RequestMemory memory, Meters meters) {
        this.authenticator = authenticator;
        this.catalog = catalog;
        this.body = new RequestBodyReader(limits.requestBytesMax(), new ByteBudget.Slabs(memory.bodies()));
        this.connections = new ConnectionTracker(memory.connectionBytes());
        this.responses = new ResponseWriter(memory.responses(), connections);
        this.failures = new FailureRenderer(responses, meters);
    }

    ConnectionTracker connections() {
        return connections;
    }

    ResponseWriter responses() {
        return responses;
    }

    /**
     * Starts the timeouts for bodies that take too long to arrive, and for responses that take too long to be flushed.
     */
    void begin(Vertx vertx, long bodyMillis, long idleMillis) {
        body.begin(new TimeoutQueue(vertx, bodyMillis));
        responses.begin(vertx, idleMillis);
    }

    /**
     * Serves a request that has matched a route. Must be called in the event loop task in which the request arrived.
     */
    void serve(RouteTable.Row row, HttpServerRequest request, RequestPath path) {
        long startedNanos = System.nanoTime();
        Operation operation = row.binding().operation();
        Subject subject;
        MultiMap query;
        try {
            Principal caller = authenticate(row.binding(), request);
            subject = subject(row.route().scope(), caller, path);
            query = query(request);
            if (operation.respondsWithMessages() && !responses.admits(request, subject.caller, subject.queue)) {
                throw new QueueException(QueueError.OVERLOADED);
            }
        } catch (RuntimeException e) {
            fail(row, request, e);
            recordOutcome(row, request, startedNanos);
            return;
        }
        Future<Buffer> arriving = body.read(request, startedNanos);
        arriving.compose(bytes -> operation.handle(call(subject, path.parameters(), query, request.headers(), bytes)))
                .onComplete(outcome -> {
                    if (arriving.succeeded()) {
                        body.release(arriving.result());
                    }
                    if (outcome.succeeded()) {
                        succeed(request, outcome.result(), subject);
                    } else {
                        fail(row, request, outcome.cause());
                    }
                    recordOutcome(row, request, startedNanos);
                });
    }

    private void recordOutcome(RouteTable.Row row, HttpServerRequest request, long startedNanos) {
        row.meter().record(request.response().getStatusCode(), System.nanoTime() - startedNanos);
    }

    /**
     * Responds with a failure. A short rest of the body is read and discarded, so that the connection can be used
     * again. Otherwise the connection closes.
     */
    public void fail(HttpServerRequest request, Throwable failure) {
        fail(request, failure, false);
    }

    /** The same for a request of that operation. */
    void fail(RouteTable.Row row, HttpServerRequest request, Throwable failure) {
        fail(request, failure, row.binding().operation().failsWithErrorHeaders());
    }

    private void fail(HttpServerRequest request, Throwable failure, boolean errorHeaders) {
        boolean mustClose = !request.isEnded() && mustClose(request, failure);
        if (mustClose && request.version() != HttpVersion.HTTP_2) {
            request.response().headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        failures.render(request, failure, errorHeaders);
        if (mustClose) {
            LingeringClose.close(request);
        }
    }

    private boolean mustClose(HttpServerRequest request, Throwable failure) {
        return isUnfinished(failure)
                || request.decoderResult().isFailure()
                || request.headers().contains(HttpHeaders.EXPECT)
                || body.isExcessive(request);
    }

    private static boolean isUnfinished(Throwable failure) {
        return failure instanceof EdgeException refusal
                && switch (refusal.error()) {
                    case REQUEST_TOO_LARGE, REQUEST_TIMEOUT, BODY_MALFORMED -> true;
                    default -> false;
                };
    }

    private void succeed(HttpServerRequest request, Response response, Subject subject) {
        HttpServerResponse httpResponse = request.response();
        if (httpResponse.closed()) {
            response.pending().unsent();
            return;
        }
        try {
            httpResponse.headers().set(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON);
            responses.end(request, response, subject.caller, subject.queue);
        } catch (RuntimeException fault) {
            response.pending().unsent();
            throw fault;
        }
    }

    private Principal authenticate(OperationBinding binding, HttpServerRequest request) {
        Principal caller;
        try {
            caller = authenticator.authenticate(request);
        } catch (EdgeException e) {
            throw e.error() == EdgeError.NOT_AUTHORIZED
                    ? new EdgeException(binding.operation().authenticationError())
                    : e;
        }
        if (binding.access() == Access.WRITE && caller.access() != Access.WRITE) {
            throw new EdgeException(
                    EdgeError.NOT_AUTHORIZED, "Authentication error: this token may read, but not write.");
        }
        return caller;
    }

    private Subject subject(Route.RouteScope scope, Principal caller, RequestPath path) {
        if (scope == Route.RouteScope.CALLER) {
            return new Subject(caller, null, null);
        }
        String accountId = path.accountId();
        if (accountId == null) {
            throw new EdgeException(EdgeError.ROUTE_UNKNOWN);
        }
        if (!caller.mayUse(accountId)) {
            throw new EdgeException(
                    EdgeError.NOT_AUTHORIZED, "Authentication error: these credentials do not allow this account.");
        }
        if (scope == Route.RouteScope.ACCOUNT) {
            return new Subject(caller, accountId, null);
        }
        return new Subject(caller, accountId, queue(scope, path));
    }

    private QueueDefinition queue(Route.RouteScope scope, RequestPath path) {
        boolean messages = scope == Route.RouteScope.MESSAGES;
        if (path.queueId() == null) {
            throw messages
                    ? new EdgeException(EdgeError.QUEUE_ID_MALFORMED)
                    : new EdgeException(EdgeError.ROUTE_UNKNOWN);
        }
        QueueDefinition queue = path.queue(catalog);
        if (queue == null) {
            throw new QueueException(messages ? QueueError.QUEUE_UNKNOWN_TO_MESSAGES : QueueError.QUEUE_UNKNOWN);
        }
        return queue;
    }

    private static MultiMap query(HttpServerRequest request) {
        String query = request.query();
        return query == null || query.isEmpty() ? NO_QUERY : QueryString.decode(query);
    }

    private static OperationCall call(
            Subject subject, Map<String, String> path, MultiMap query, MultiMap headers, Buffer body) {
        return new OperationCall(subject.caller, subject.accountId, subject.queue, path, query, headers, body);
    }

    /** The caller of a request, and what its path identifies. */
    private record Subject(Principal caller, String accountId, QueueDefinition queue) {}
}
