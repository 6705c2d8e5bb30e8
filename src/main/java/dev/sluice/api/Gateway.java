package dev.sluice.api;

import dev.sluice.api.auth.Access;
import dev.sluice.api.auth.Authenticator;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.http.BodyBudget;
import dev.sluice.api.http.ConnectionTracker;
import dev.sluice.api.http.LingeringClose;
import dev.sluice.api.http.RequestBodyReader;
import dev.sluice.api.http.Response;
import dev.sluice.api.http.ResponseWriter;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.TimeoutQueue;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What every operation has in common: credentials, account, queue, body, then the operation, then the answer, checks in the
 * documented order. Knows requests, not routers, so that anything that has matched a route can hand it over.
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

    /** A gateway in front of that catalog. */
    public Gateway(Authenticator authenticator, Catalog catalog, Limits limits, RequestMemory memory) {
        this.authenticator = authenticator;
        this.catalog = catalog;
        this.body = new RequestBodyReader(limits.requestBytesMax(), new BodyBudget(memory.bodies()));
        this.connections = new ConnectionTracker(memory.connectionBytes());
        this.responses = new ResponseWriter(memory.responses(), connections);
        this.failures = new FailureRenderer(responses);
    }

    /** The connections on which the requests come. */
    ConnectionTracker connections() {
        return connections;
    }

    /** What sends the responses. */
    ResponseWriter responses() {
        return responses;
    }

    /** Gives up on bodies that take longer than that to arrive, and on responses that are not taken in time. */
    void watch(Vertx vertx, int bodySeconds, int idleSeconds) {
        body.watch(new TimeoutQueue(vertx, TimeUnit.SECONDS.toMillis(bodySeconds)));
        responses.begin(vertx, idleSeconds);
    }

    /** Serves a request that belongs to a route, in the turn in which it arrived. */
    void serve(OperationBinding binding, HttpServerRequest request, RequestPath place) {
        long startedNanos = System.nanoTime();
        Operation operation = binding.operation();
        Subject subject;
        MultiMap query;
        try {
            Principal caller = authenticate(operation, request);
            subject = subject(binding.route().family(), caller, place);
            query = query(request);
            if (operation.answersWithMessages() && !responses.admits(request, subject.caller, subject.queue)) {
                throw new QueueException(QueueError.OVERLOADED);
            }
        } catch (RuntimeException e) {
            fail(request, e);
            note(binding, request, startedNanos);
            return;
        }
        Future<Buffer> arriving = body.read(request, startedNanos);
        arriving.compose(bytes -> operation.handle(call(subject, place.path(), query, bytes)))
                .onComplete(outcome -> {
                    if (arriving.succeeded()) {
                        body.release(arriving.result());
                    }
                    if (outcome.succeeded()) {
                        succeed(request, outcome.result(), subject);
                    } else {
                        fail(request, outcome.cause());
                    }
                    note(binding, request, startedNanos);
                });
    }

    private void note(OperationBinding binding, HttpServerRequest request, long startedNanos) {
        connections.onResponse(request);
        binding.meter().record(request.response().getStatusCode(), System.nanoTime() - startedNanos);
    }

    /**
     * Answers with a failure. The rest of the body is read and forgotten if it is short, so that the connection can go on; if not,
     * the connection ends here.
     */
    public void fail(HttpServerRequest request, Throwable failure) {
        boolean last = !request.isEnded() && mustClose(request, failure);
        if (last && request.version() != HttpVersion.HTTP_2) {
            request.response().headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        failures.render(request, failure);
        if (last) {
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

    private void succeed(HttpServerRequest request, Response answer, Subject subject) {
        HttpServerResponse response = request.response();
        if (response.closed()) {
            answer.pending().unsent();
            return;
        }
        try {
            response.headers().set(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON);
            responses.end(request, answer, subject.caller, subject.queue);
        } catch (RuntimeException fault) {
            answer.pending().unsent();
            throw fault;
        }
    }

    private Principal authenticate(Operation operation, HttpServerRequest request) {
        Principal caller;
        try {
            caller = authenticator.authenticate(request);
        } catch (EdgeException e) {
            throw e.error() == EdgeError.NOT_AUTHORIZED ? new EdgeException(operation.refusal()) : e;
        }
        if (operation.access() == Access.WRITE && caller.access() != Access.WRITE) {
            throw new EdgeException(
                    EdgeError.NOT_AUTHORIZED, "Authentication error: this token may read, but not write.");
        }
        return caller;
    }

    private Subject subject(Route.RouteScope family, Principal caller, RequestPath place) {
        if (family == Route.RouteScope.CALLER) {
            return new Subject(caller, null, null);
        }
        String accountId = place.accountId();
        if (accountId == null) {
            throw new EdgeException(EdgeError.ROUTE_UNKNOWN);
        }
        if (!caller.mayUse(accountId)) {
            throw new EdgeException(
                    EdgeError.NOT_AUTHORIZED, "Authentication error: these credentials do not allow this account.");
        }
        if (family == Route.RouteScope.ACCOUNT) {
            return new Subject(caller, accountId, null);
        }
        return new Subject(caller, accountId, queue(family, place));
    }

    private QueueDefinition queue(Route.RouteScope family, RequestPath place) {
        boolean messages = family == Route.RouteScope.MESSAGES;
        if (place.queueId() == null) {
            throw messages
                    ? new QueueException(QueueError.QUEUE_ID_MALFORMED)
                    : new EdgeException(EdgeError.ROUTE_UNKNOWN);
        }
        QueueDefinition queue = place.queue(catalog);
        if (queue == null) {
            throw new QueueException(messages ? QueueError.QUEUE_UNKNOWN_TO_MESSAGES : QueueError.QUEUE_UNKNOWN);
        }
        return queue;
    }

    private static MultiMap query(HttpServerRequest request) {
        String query = request.query();
        return query == null || query.isEmpty() ? NO_QUERY : QueryString.decode(query);
    }

    private static OperationCall call(Subject subject, Map<String, String> path, MultiMap query, Buffer body) {
        return new OperationCall(subject.caller, subject.accountId, subject.queue, path, query, body);
    }

    /** Who asks, and about what. */
    private record Subject(Principal caller, String accountId, QueueDefinition queue) {}
}
