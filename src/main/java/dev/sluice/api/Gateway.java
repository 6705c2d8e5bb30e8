package dev.sluice.api;

import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.Catalog;
import dev.sluice.runtime.Deadlines;
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

    private final RequestBody body;
    private final ConnectionWatch connections;
    private final ResponseWriter responses;
    private final FailureRenderer failures;

    /** A gateway in front of that catalog. */
    public Gateway(Authenticator authenticator, Catalog catalog, Limits limits, RequestMemory memory) {
        this.authenticator = authenticator;
        this.catalog = catalog;
        this.body = new RequestBody(limits.requestBytesMax(), new BodyMemory(memory.bodies()));
        this.connections = new ConnectionWatch(memory.connectionBytes());
        this.responses = new ResponseWriter(memory.responses(), connections);
        this.failures = new FailureRenderer(responses);
    }

    /** The connections on which the requests come. */
    ConnectionWatch connections() {
        return connections;
    }

    /** What sends the responses. */
    ResponseWriter responses() {
        return responses;
    }

    /** Gives up on bodies that take longer than that to arrive, and on responses that are not taken in time. */
    void watch(Vertx vertx, int bodySeconds, int idleSeconds) {
        body.watch(new Deadlines(vertx, TimeUnit.SECONDS.toMillis(bodySeconds)));
        responses.begin(vertx, idleSeconds);
    }

    /** Serves a request that belongs to a route, in the turn in which it arrived. */
    void serve(Binding binding, HttpServerRequest request, Place place) {
        long startedNanos = System.nanoTime();
        Operation operation = binding.operation();
        Subject subject;
        MultiMap query;
        try {
            Caller caller = authenticate(operation, request);
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
        arriving.compose(bytes -> operation.answer(call(subject, place.path(), query, bytes)))
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

    private void note(Binding binding, HttpServerRequest request, long startedNanos) {
        connections.answered(request);
        binding.meter().answered(request.response().getStatusCode(), System.nanoTime() - startedNanos);
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
            Lingering.close(request);
        }
    }

    private boolean mustClose(HttpServerRequest request, Throwable failure) {
        return isUnfinished(failure)
                || request.decoderResult().isFailure()
                || request.headers().contains(HttpHeaders.EXPECT)
                || body.isExcessive(request);
    }

    private static boolean isUnfinished(Throwable failure) {
        return failure instanceof QueueException refusal
                && switch (refusal.error()) {
                    case REQUEST_TOO_LARGE, REQUEST_TIMEOUT, BODY_MALFORMED -> true;
                    default -> false;
                };
    }

    private void succeed(HttpServerRequest request, Answer answer, Subject subject) {
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

    private Caller authenticate(Operation operation, HttpServerRequest request) {
        Caller caller;
        try {
            caller = authenticator.authenticate(request);
        } catch (QueueException e) {
            throw e.error() == QueueError.NOT_AUTHORIZED ? new QueueException(operation.refusal()) : e;
        }
        if (operation.access() == Access.WRITE && caller.access() != Access.WRITE) {
            throw new QueueException(
                    QueueError.NOT_AUTHORIZED, "Authentication error: this token may read, but not write.");
        }
        return caller;
    }

    private Subject subject(Route.Family family, Caller caller, Place place) {
        if (family == Route.Family.CALLER) {
            return new Subject(caller, null, null);
        }
        String accountId = place.accountId();
        if (accountId == null) {
            throw new QueueException(QueueError.ROUTE_UNKNOWN);
        }
        if (!caller.mayUse(accountId)) {
            throw new QueueException(
                    QueueError.NOT_AUTHORIZED, "Authentication error: these credentials do not allow this account.");
        }
        if (family == Route.Family.ACCOUNT) {
            return new Subject(caller, accountId, null);
        }
        return new Subject(caller, accountId, queue(family, place));
    }

    private QueueDefinition queue(Route.Family family, Place place) {
        boolean messages = family == Route.Family.MESSAGES;
        if (place.queueId() == null) {
            throw new QueueException(messages ? QueueError.QUEUE_ID_MALFORMED : QueueError.ROUTE_UNKNOWN);
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

    private static Call call(Subject subject, Map<String, String> path, MultiMap query, Buffer body) {
        return new Call(subject.caller, subject.accountId, subject.queue, path, query, body);
    }

    /** Who asks, and about what. */
    private record Subject(Caller caller, String accountId, QueueDefinition queue) {}
}
