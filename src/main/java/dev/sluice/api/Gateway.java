package dev.sluice.api;

import dev.sluice.api.auth.Authenticator;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.http.AccessLog;
import dev.sluice.api.http.ConnectionTracker;
import dev.sluice.api.http.LingeringClose;
import dev.sluice.api.http.RefusedLogins;
import dev.sluice.api.http.RequestBodyReader;
import dev.sluice.api.http.Response;
import dev.sluice.api.http.ResponseWriter;
import dev.sluice.config.Access;
import dev.sluice.config.AccessLogMode;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.RequestIds;
import dev.sluice.runtime.TimeoutQueue;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.tracing.OperationSpan;
import dev.sluice.runtime.tracing.TracedOperation;
import dev.sluice.runtime.tracing.Tracing;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps that all operations share, in the documented order: credentials, account, queue, body, then the
 * operation, then the response. Depends on requests but not on routers, so that any router can use it.
 *
 * <p>Owned by one event loop.
 */
public final class Gateway {
    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final MultiMap NO_QUERY = MultiMap.caseInsensitiveMultiMap();

    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence TRACESTATE = HttpHeaders.createOptimized("tracestate");

    private final Authenticator authenticator;
    private final Catalog catalog;

    private final RequestBodyReader body;
    private final ConnectionTracker connections;
    private final ResponseWriter responses;
    private final FailureRenderer failures;
    private final AccessLog access;
    private final RefusedLogins refusedLogins;
    private final Tracing tracing;
    private final RequestIds ids = new RequestIds();
    /** When the headers of the last request arrived, by {@link System#nanoTime}. */
    private long arrivedNanos;
    /** What a node of a cluster does beside; null on a single node. */
    private @Nullable RoutedRequests routed;

    /** A gateway without an access log and without traces. */
    public Gateway(Authenticator authenticator, Catalog catalog, Limits limits, RequestMemory memory, Meters meters) {
        this(
                authenticator,
                catalog,
                limits,
                memory,
                meters,
                new AccessLog(AccessLogMode.OFF),
                new RefusedLogins(System::nanoTime),
                Tracing.OFF);
    }

    /**
     * A gateway.
     *
     * @param access the log of requests, of all event loops
     * @param refusedLogins the log of refused credentials, of all event loops
     * @param tracing records spans of requests
     */
    public Gateway(
            Authenticator authenticator,
            Catalog catalog,
            Limits limits,
            RequestMemory memory,
            Meters meters,
            AccessLog access,
            RefusedLogins refusedLogins,
            Tracing tracing) {
        this(authenticator, catalog, limits.requestBytesMax(), memory, meters, access, refusedLogins, tracing);
    }

    private Gateway(
            Authenticator authenticator,
            Catalog catalog,
            int requestBytesMax,
            RequestMemory memory,
            Meters meters,
            AccessLog access,
            RefusedLogins refusedLogins,
            Tracing tracing) {
        this.tracing = tracing;
        this.authenticator = authenticator;
        this.catalog = catalog;
        this.body = new RequestBodyReader(requestBytesMax, new ByteBudget.Slabs(memory.bodies()));
        this.connections = new ConnectionTracker(memory.connectionBytes());
        this.responses = new ResponseWriter(memory.responses(), connections);
        this.failures = new FailureRenderer(responses, meters);
        this.access = access;
        this.refusedLogins = refusedLogins;
    }

    /** A gateway for requests that another node has authenticated; they are in the access log of that node. */
    public static Gateway ofForwardedRequests(
            Catalog catalog, int requestBytesMax, RequestMemory memory, Meters meters, Tracing tracing) {
        return new Gateway(
                request -> {
                    throw new IllegalStateException("a forwarded request is authenticated already");
                },
                catalog,
                requestBytesMax,
                memory,
                meters,
                new AccessLog(AccessLogMode.OFF),
                new RefusedLogins(System::nanoTime),
                tracing);
    }

    /** Serves requests as a node of a cluster. Before the first request. */
    public Gateway inCluster(ClusterRouting routing) {
        routed = new RoutedRequests(this, routing);
        return this;
    }

    ConnectionTracker connections() {
        return connections;
    }

    /**
     * Gives a request its id, which its response carries from now on. To be called first, in the event loop task in
     * which the headers arrived; {@link #serve}, {@link #respond} and {@link #fail} must follow in the same task.
     */
    void onArrival(HttpServerRequest request) {
        arrivedNanos = System.nanoTime();
        request.response().headers().set(RequestIds.HEADER, ids.takeOrMake(request.getHeader(RequestIds.HEADER)));
    }

    /**
     * Sends a body that is not the response of an operation, in this task or a later one. Status and headers are set by
     * then.
     */
    void respond(HttpServerRequest request, Future<Buffer> body) {
        long startedNanos = arrivedNanos;
        body.onComplete(outcome -> {
            if (outcome.succeeded()) {
                responses.end(request, outcome.result());
            } else {
                respondWithFailure(request, outcome.cause(), false);
            }
            access.record(request, null, null, System.nanoTime() - startedNanos);
        });
    }

    /** The same with a body that there is. */
    void respond(HttpServerRequest request, Buffer body) {
        respond(request, Future.succeededFuture(body));
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
        long startedNanos = arrivedNanos;
        if (routed != null) {
            routed.serve(row, request, path, startedNanos);
            return;
        }
        Operation operation = row.binding().operation();
        @Nullable Principal caller = null;
        Subject subject;
        MultiMap query;
        try {
            caller = authenticate(operation, request);
            requireAccess(row.binding(), caller, request);
            requireAccount(row.route().scope(), caller, path, request);
            subject = subject(row.route().scope(), caller, path);
            query = query(request);
            if (operation.respondsWithMessages() && !responses.admits(request, subject.caller, subject.queue)) {
                throw new QueueException(QueueError.OVERLOADED);
            }
        } catch (RuntimeException e) {
            respondWithFailure(row, request, e);
            recordOutcome(row, request, caller, null, startedNanos);
            return;
        }
        OperationSpan span = beginSpan(operation, subject, request.headers());
        Future<Buffer> arriving = body.read(request, startedNanos);
        arriving.compose(bytes ->
                        operation.handle(call(subject, path.parameters(), query, request.headers(), bytes, span)))
                .onComplete(outcome -> {
                    if (arriving.succeeded()) {
                        body.release(arriving.result());
                    }
                    if (outcome.succeeded()) {
                        respond(request, outcome.result(), subject);
                    } else {
                        respondWithFailure(row, request, outcome.cause());
                    }
                    recordOutcome(row, request, subject.caller, subject.queue, startedNanos);
                    span.responded(request.response().getStatusCode());
                });
    }

    /** Requests without valid credentials have no span. */
    OperationSpan beginSpan(Operation operation, Subject subject, MultiMap headers) {
        TracedOperation traced = operation.traced();
        QueueDefinition queue = subject.queue;
        return traced == null || queue == null
                ? OperationSpan.NONE
                : tracing.begin(traced, queue, tracing.readsContexts() ? contextOf(headers) : null);
    }

    /** The trace context of a request, or null. Two headers {@code traceparent} are none. */
    private static @Nullable TraceContext contextOf(MultiMap headers) {
        if (headers.get(TRACEPARENT) == null) {
            return null;
        }
        List<String> parents = headers.getAll(TRACEPARENT);
        List<String> states = headers.getAll(TRACESTATE);
        return parents.size() == 1
                ? TraceContext.parse(parents.get(0), states.isEmpty() ? null : String.join(",", states))
                : null;
    }

    /** Reads the body of a request, which must be released. See {@link RequestBodyReader#read}. */
    Future<Buffer> readBody(HttpServerRequest request, long nowNanos) {
        return body.read(request, nowNanos);
    }

    /** See {@link ResponseWriter#admits}. */
    boolean admits(HttpServerRequest request, Principal caller, @Nullable QueueDefinition queue) {
        return responses.admits(request, caller, queue);
    }

    void releaseBody(Buffer read) {
        body.release(read);
    }

    void recordOutcome(
            RouteTable.Row row,
            HttpServerRequest request,
            @Nullable Principal caller,
            @Nullable QueueDefinition queue,
            long startedNanos) {
        long nanos = System.nanoTime() - startedNanos;
        row.meter().record(request.response().getStatusCode(), nanos);
        access.record(request, caller, queue, nanos);
    }

    /** Records a request whose response was written in the task in which it arrived. */
    private void recordAccess(HttpServerRequest request) {
        access.record(request, null, null, System.nanoTime() - arrivedNanos);
    }

    /**
     * Responds with a failure. A short rest of the body is read and discarded, so that the connection can be used
     * again. Otherwise the connection closes.
     */
    public void fail(HttpServerRequest request, Throwable failure) {
        respondWithFailure(request, failure, false);
        recordAccess(request);
    }

    /** The same for a request of that operation. */
    void fail(RouteTable.Row row, HttpServerRequest request, Throwable failure) {
        respondWithFailure(row, request, failure);
        recordAccess(request);
    }

    void respondWithFailure(RouteTable.Row row, HttpServerRequest request, Throwable failure) {
        respondWithFailure(request, failure, row.binding().operation().failsWithErrorHeaders());
    }

    private void respondWithFailure(HttpServerRequest request, Throwable failure, boolean errorHeaders) {
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

    /** Responds with what another node has responded. */
    void pass(HttpServerRequest request, ClusterRouting.ForwardedReply reply, Subject subject) {
        HttpServerResponse httpResponse = request.response();
        if (!httpResponse.closed()) {
            httpResponse.setStatusCode(reply.status());
            reply.headers().forEach(header -> httpResponse.headers().set(header.getKey(), header.getValue()));
            responses.end(request, new Response(reply.body()), subject.caller, subject.queue);
        }
    }

    void respond(HttpServerRequest request, Response response, Subject subject) {
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

    Principal authenticate(Operation operation, HttpServerRequest request) {
        try {
            return authenticator.authenticate(request);
        } catch (EdgeException e) {
            boolean missing = e.error() == EdgeError.CREDENTIALS_MISSING;
            refusedLogins.refused(missing ? RefusedLogins.Reason.MISSING : RefusedLogins.Reason.UNKNOWN, request);
            throw e.error() == EdgeError.NOT_AUTHORIZED ? new EdgeException(operation.authenticationError()) : e;
        }
    }

    void requireAccess(OperationBinding binding, Principal caller, HttpServerRequest request) {
        if (binding.access() == Access.WRITE && caller.access() != Access.WRITE) {
            refusedLogins.refused(RefusedLogins.Reason.READ_ONLY, request, caller.name());
            throw new EdgeException(
                    EdgeError.NOT_AUTHORIZED, "Authentication error: this token may read, but not write.");
        }
    }

    /** Refuses a path without an account that the caller may use, where one is needed. */
    void requireAccount(Route.RouteScope scope, Principal caller, RequestPath path, HttpServerRequest request) {
        if (scope == Route.RouteScope.CALLER) {
            return;
        }
        String accountId = path.accountId();
        if (accountId == null) {
            throw new EdgeException(EdgeError.ROUTE_UNKNOWN);
        }
        if (!caller.mayUse(accountId)) {
            refusedLogins.refused(RefusedLogins.Reason.OTHER_ACCOUNT, request, caller.name());
            throw new EdgeException(
                    EdgeError.NOT_AUTHORIZED, "Authentication error: these credentials do not allow this account.");
        }
    }

    Subject subject(Route.RouteScope scope, Principal caller, RequestPath path) {
        if (scope == Route.RouteScope.CALLER) {
            return new Subject(caller, "", null);
        }
        String accountId = Objects.requireNonNull(path.accountId(), "requireAccount was called");
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
            throw new QueueException(unknownQueue(scope));
        }
        return queue;
    }

    /** The error if there is no such queue. */
    static QueueError unknownQueue(Route.RouteScope scope) {
        return scope == Route.RouteScope.MESSAGES ? QueueError.QUEUE_UNKNOWN_TO_MESSAGES : QueueError.QUEUE_UNKNOWN;
    }

    static MultiMap query(HttpServerRequest request) {
        String query = request.query();
        return query == null || query.isEmpty() ? NO_QUERY : QueryString.decode(query);
    }

    static OperationCall call(
            Subject subject,
            Map<String, String> path,
            MultiMap query,
            MultiMap headers,
            Buffer body,
            OperationSpan span) {
        return new OperationCall(subject.caller, subject.accountId, subject.queue, path, query, headers, body, span);
    }

    /** The caller of a request, and what its path identifies: the account is empty if it names none. */
    record Subject(Principal caller, String accountId, @Nullable QueueDefinition queue) {}
}
