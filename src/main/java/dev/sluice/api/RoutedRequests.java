package dev.sluice.api;

import dev.sluice.api.Gateway.Subject;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.RequestIds;
import dev.sluice.runtime.tracing.OperationSpan;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a request on a node of a cluster: those of {@link Gateway}, and a queue that is not found is looked for
 * in an up-to-date catalog, the request goes to the node that owns the queue or the catalog, and a response waits until
 * its node has proved that it still is the owner.
 *
 * <p>Owned by one event loop.
 */
final class RoutedRequests {
    private final Gateway gateway;
    private final ClusterRouting routing;

    RoutedRequests(Gateway gateway, ClusterRouting routing) {
        this.gateway = gateway;
        this.routing = routing;
    }

    /**
     * Serves a request that has matched a route, in the event loop task in which it arrived.
     *
     * @param startedNanos when its headers arrived
     */
    void serve(RouteTable.Row row, HttpServerRequest request, RequestPath path, long startedNanos) {
        Principal caller = null;
        MultiMap query;
        try {
            caller = gateway.authenticate(row.binding().operation(), request);
            gateway.requireAccess(row.binding(), caller, request);
            gateway.requireAccount(row.route().scope(), caller, path, request);
            query = Gateway.query(request);
        } catch (RuntimeException e) {
            gateway.respondWithFailure(row, request, e);
            gateway.recordOutcome(row, request, caller, null, startedNanos);
            return;
        }
        Principal authenticated = caller;
        Future<Buffer> arriving = gateway.readBody(request, startedNanos);
        arriving.compose(bytes -> subject(row, authenticated, path)
                        .compose(subject -> run(row, request, subject, path, query, bytes, startedNanos)
                                .map(subject.queue())))
                .onComplete(outcome -> {
                    if (arriving.succeeded()) {
                        gateway.releaseBody(arriving.result());
                    }
                    if (outcome.failed()) {
                        gateway.respondWithFailure(row, request, outcome.cause());
                    }
                    gateway.recordOutcome(row, request, authenticated, outcome.result(), startedNanos);
                });
    }

    /** The subject, by a catalog that is new enough to say that something does not exist. */
    private Future<Subject> subject(RouteTable.Row row, Principal caller, RequestPath path) {
        Supplier<Subject> find = () -> gateway.subject(row.route().scope(), caller, path);
        if (row.place() == OperationPlace.CATALOG_COPY) {
            return routing.catchUp().map(current -> find.get());
        }
        try {
            return Future.succeededFuture(find.get());
        } catch (QueueException unknown) {
            return routing.catchUp().map(current -> find.get());
        }
    }

    private Future<Void> run(
            RouteTable.Row row,
            HttpServerRequest request,
            Subject subject,
            RequestPath path,
            MultiMap query,
            Buffer body,
            long startedNanos) {
        Operation operation = row.binding().operation();
        if (operation.respondsWithMessages() && !gateway.admits(request, subject.caller(), subject.queue())) {
            return Future.failedFuture(new QueueException(QueueError.OVERLOADED));
        }
        OperationPlace place = row.place();
        if (isElsewhere(place, subject.queue())) {
            MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
            headers.set(RequestIds.HEADER, request.response().headers().get(RequestIds.HEADER));
            ForwardedCall call = new ForwardedCall(
                    row.binding().operationId(),
                    subject.caller(),
                    subject.accountId(),
                    subject.queue() == null ? null : subject.queue().number(),
                    Gateway.unknownQueue(row.route().scope()),
                    path.parameters(),
                    query,
                    headers,
                    body);
            return routing.forward(place.isOfQueue() ? subject.queue() : null, call)
                    .onSuccess(reply -> gateway.pass(request, reply, subject))
                    .mapEmpty();
        }
        return serveHere(row, request, subject, path.parameters(), query, request.headers(), body, startedNanos);
    }

    /** Runs an operation on its owner, and responds. */
    Future<Void> serveHere(
            RouteTable.Row row,
            HttpServerRequest request,
            Subject subject,
            Map<String, String> path,
            MultiMap query,
            MultiMap headers,
            Buffer body,
            long startedNanos) {
        OperationSpan span = gateway.beginSpan(row.binding().operation(), subject, headers);
        return handle(row, Gateway.call(subject, path, query, headers, body, span), startedNanos)
                .onSuccess(response -> gateway.respond(request, response, subject))
                .onFailure(failure -> gateway.respondWithFailure(row, request, failure))
                .onComplete(responded -> span.responded(request.response().getStatusCode()))
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private boolean isElsewhere(OperationPlace place, @Nullable QueueDefinition queue) {
        return place.isOfQueue()
                ? queue != null && !routing.serves(queue)
                : place == OperationPlace.CATALOG_OWNER && !routing.servesCatalog();
    }

    /** Runs an operation on its owner. Neither a result nor a refusal is shown before the owner is confirmed. */
    private Future<Response> handle(RouteTable.Row row, OperationCall call, long startedNanos) {
        OperationPlace place = row.place();
        Future<Response> handled = row.binding().operation().handle(call);
        if (!place.isOfQueue() && place != OperationPlace.CATALOG_OWNER) {
            return handled;
        }
        @Nullable QueueDefinition queue = place.isOfQueue() ? call.queue() : null;
        return handled.transform(outcome -> {
            long sinceNanos = place == OperationPlace.QUEUE_READER
                    ? System.nanoTime() - ClusterRouting.READ_AGE_NANOS
                    : startedNanos;
            if (routing.isConfirmed(queue, sinceNanos)) {
                return handled;
            }
            return routing.confirm(queue, sinceNanos)
                    .onFailure(deposed -> {
                        if (outcome.succeeded()) {
                            outcome.result().pending().unsent();
                        }
                    })
                    .compose(confirmed -> handled);
        });
    }
}
