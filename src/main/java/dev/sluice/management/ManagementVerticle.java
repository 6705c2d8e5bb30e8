package dev.sluice.management;

import dev.sluice.runtime.metrics.Meters;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health, metrics and administration on a separate port: {@code /health/live}, {@code /health/ready}, {@code /metrics}
 * for all clients that can reach it, and {@code /backup} for clients on this machine with a credential.
 *
 * <p>HTTP/1.1 only, one request per connection. Therefore no request waits behind another, every idle connection is one
 * whose first request is late, and the number of connections bounds the responses that clients have not read.
 */
public final class ManagementVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementVerticle.class);
    /**
     * Time for the rest of a request whose response was sent before it had arrived. Closing at once could lose the
     * response.
     */
    private static final long LINGER_MILLIS = 500;

    private final ManagementSettings settings;
    private final PrometheusEndpoint prometheus;
    private final Supplier<Optional<String>> unreadyReason;
    private final ChangeAuthorizer authorizer;
    private final Consumer<Path> copy;
    private final RequestGuard guard;
    private Map<String, Endpoint> endpoints;
    private ManagementConnections connections;
    private HttpServer listener;

    /**
     * A read-only verticle: every request that changes something is rejected.
     *
     * @param unreadyReason why the server should get no requests now; empty if it should. Must not block
     */
    public ManagementVerticle(ManagementSettings settings, Meters meters, Supplier<Optional<String>> unreadyReason) {
        this(settings, meters, unreadyReason, ChangeAuthorizer.NONE, directory -> {});
    }

    /**
     * @param unreadyReason why the server should get no requests now; empty if it should. Must not block
     * @param authorizer decides who may change anything
     * @param copy copies the store into a new directory; may block
     */
    public ManagementVerticle(
            ManagementSettings settings,
            Meters meters,
            Supplier<Optional<String>> unreadyReason,
            ChangeAuthorizer authorizer,
            Consumer<Path> copy) {
        this.settings = settings;
        this.prometheus = new PrometheusEndpoint(meters);
        this.unreadyReason = unreadyReason;
        this.authorizer = authorizer;
        this.copy = copy;
        this.guard = new RequestGuard(settings.hostNames());
    }

    @Override
    public Future<?> start() {
        endpoints = endpoints().stream().collect(Collectors.toUnmodifiableMap(Endpoint::path, Function.identity()));
        connections = new ManagementConnections(vertx, settings);
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(settings.headerBytesMax())
                .setMaxInitialLineLength(settings.headerBytesMax());
        listener = vertx.createHttpServer(options)
                .connectionHandler(connections::onOpen)
                .invalidRequestHandler(this::rejectMalformed)
                .requestHandler(this::onRequest);
        return listener.listen();
    }

    @Override
    public Future<?> stop() {
        return listener.close();
    }

    /** The actual port, after deployment. */
    public int port() {
        return listener.actualPort();
    }

    private List<Endpoint> endpoints() {
        return List.of(
                new ReadEndpoint(
                        "/health/live",
                        () -> Future.succeededFuture(ManagementResponse.json(200, "{\"status\":\"live\"}"))),
                new ReadEndpoint("/health/ready", () -> Future.succeededFuture(readiness())),
                // On a worker thread, because reading the JVM's metrics takes milliseconds.
                new ReadEndpoint("/metrics", () -> vertx.executeBlocking(prometheus::text, false)
                        .map(text -> new ManagementResponse(200, PrometheusEndpoint.CONTENT_TYPE, text, Map.of()))),
                new BackupEndpoint(vertx, copy));
    }

    private ManagementResponse readiness() {
        return unreadyReason
                .get()
                .map(reason -> ManagementResponse.json(
                        503,
                        new JsonObject()
                                .put("status", "unready")
                                .put("reason", reason)
                                .encode()))
                .orElseGet(() -> ManagementResponse.json(200, "{\"status\":\"ready\"}"));
    }

    private void rejectMalformed(HttpServerRequest request) {
        if (connections.onRequest(request.connection())) {
            Throwable cause = request.decoderResult().cause();
            if (cause instanceof TooLongHttpLineException) {
                send(request, ManagementResponse.line(414, "the request line is too long"));
            } else if (cause instanceof TooLongHttpHeaderException) {
                send(request, ManagementResponse.line(431, "the headers are too large"));
            } else {
                send(request, ManagementResponse.line(400, "the request is malformed"));
            }
        }
    }

    /** Handles a request. No endpoint needs a request body; it is discarded. */
    private void onRequest(HttpServerRequest request) {
        if (connections.onRequest(request.connection())) {
            request.exceptionHandler(ignored -> {});
            respond(request).onComplete(response -> send(request, response.result()));
        }
    }

    /** Returns the response; the future never fails. */
    private Future<ManagementResponse> respond(HttpServerRequest request) {
        ManagementResponse rejection = guard.rejectionOf(request);
        if (rejection != null) {
            return Future.succeededFuture(rejection);
        }
        Endpoint endpoint = endpoints.get(request.path());
        if (endpoint == null) {
            return Future.succeededFuture(ManagementResponse.line(404, "try /health/live, /health/ready or /metrics"));
        }
        return Future.succeededFuture(endpoint)
                .compose(known -> {
                    ManagementResponse refused = rejectionOf(known, request);
                    return refused == null ? known.handle(request) : Future.succeededFuture(refused);
                })
                .otherwise(failure -> internalError(request, failure));
    }

    private ManagementResponse rejectionOf(Endpoint endpoint, HttpServerRequest request) {
        boolean isRead = endpoint.method() == HttpMethod.GET;
        if (request.method() != endpoint.method() && !(isRead && request.method() == HttpMethod.HEAD)) {
            String allowed = isRead ? "GET, HEAD" : endpoint.method().name();
            return ManagementResponse.line(405, allowed + " only", "allow", allowed);
        }
        if (!endpoint.changes()) {
            return null;
        }
        if (!RequestGuard.isFromThisMachine(request)) {
            return ManagementResponse.line(403, "only from this machine");
        }
        return switch (authorizer.authorize(request)) {
            case ALLOWED -> null;
            case UNAUTHENTICATED ->
                ManagementResponse.line(
                        401, "a credential of the API is required", "www-authenticate", "Bearer realm=\"sluice\"");
            case FORBIDDEN -> ManagementResponse.line(403, "the credential must have write access to every account");
        };
    }

    private static ManagementResponse internalError(HttpServerRequest request, Throwable failure) {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
        LOG.error("management request {} failed: {} {}", id, request.method(), request.path(), failure);
        return ManagementResponse.line(500, "internal error", "x-request-id", id);
    }

    /** Sends the only response of a connection and closes it. */
    private void send(HttpServerRequest request, ManagementResponse response) {
        HttpServerResponse httpResponse = request.response();
        if (httpResponse.ended() || httpResponse.closed()) {
            return;
        }
        connections.onResponse(request.connection());
        httpResponse
                .setStatusCode(response.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, response.contentType())
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        response.headers().forEach(httpResponse::putHeader);
        httpResponse.end(response.text()).onSuccess(sent -> {
            if (request.isEnded()) {
                request.connection().close();
            } else {
                vertx.setTimer(LINGER_MILLIS, timerId -> request.connection().close());
            }
        });
    }
}
