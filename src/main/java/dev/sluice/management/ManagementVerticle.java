package dev.sluice.management;

import dev.sluice.config.HttpConfig;
import dev.sluice.config.ManagementConfig;
import dev.sluice.runtime.RequestIds;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health, metrics and administration on a separate port: {@code /health/live}, {@code /health/ready}, {@code /metrics}
 * for all clients that can reach it, {@code /backup} and {@code /reload} for clients on this machine with a credential.
 *
 * <p>HTTP/1.1 only, one request per connection. Therefore no request waits behind another, every idle connection is one
 * whose first request is late, and the number of connections bounds the responses that clients have not read.
 */
public final class ManagementVerticle extends VerticleBase {
    /**
     * Enough for several scrapers and health checks at once. Each connection holds a file descriptor and the text of a
     * response.
     */
    public static final int CONNECTIONS_MAX = 32;

    private static final Logger LOG = LoggerFactory.getLogger(ManagementVerticle.class);
    /**
     * Time for the rest of a request whose response was sent before it had arrived. Closing at once could lose the
     * response.
     */
    private static final long LINGER_MILLIS = 500;

    private final ManagementConfig management;
    private final HttpConfig http;
    private final int connectionsMax;
    private final PrometheusEndpoint prometheus;
    private final Supplier<Optional<String>> unreadyReason;
    private final ChangeAuthorizer authorizer;
    private final Consumer<Path> copy;
    private final RequestGuard guard;
    private final RequestIds ids = new RequestIds();
    private Supplier<String> reload = () -> {
        throw new IllegalStateException("this server has no configuration to read again");
    };
    private Map<String, Endpoint> endpoints;
    private ManagementConnections connections;
    private HttpServer listener;

    /**
     * A verticle that is not deployed yet.
     *
     * @param management host, port and host names
     * @param http the timeouts of the API, which also apply to headers and responses of the management port
     * @param queues where the series of queues come from
     * @param unreadyReason why the server should get no requests now; empty if it should. Must not block
     * @param authorizer decides who may change anything
     * @param copy copies the store into a new directory; may block
     */
    public ManagementVerticle(
            ManagementConfig management,
            HttpConfig http,
            Meters meters,
            QueueSource queues,
            Supplier<Optional<String>> unreadyReason,
            ChangeAuthorizer authorizer,
            Consumer<Path> copy) {
        this(management, http, meters, queues, unreadyReason, authorizer, copy, CONNECTIONS_MAX);
    }

    /** The same with another maximum of open connections. */
    ManagementVerticle(
            ManagementConfig management,
            HttpConfig http,
            Meters meters,
            QueueSource queues,
            Supplier<Optional<String>> unreadyReason,
            ChangeAuthorizer authorizer,
            Consumer<Path> copy,
            int connectionsMax) {
        this.management = management;
        this.http = http;
        this.prometheus = new PrometheusEndpoint(meters, queues, management.metricsQueuesMax());
        this.unreadyReason = unreadyReason;
        this.authorizer = authorizer;
        this.copy = copy;
        this.connectionsMax = connectionsMax;
        List<String> hostNames = new ArrayList<>(management.hostNames());
        hostNames.add(management.host());
        this.guard = new RequestGuard(hostNames);
    }

    /**
     * Offers a reload of the configuration. Before it is deployed.
     *
     * @param run reloads and returns a line; may block; throws an exception with a one-line message on failure
     */
    public ManagementVerticle withReload(Supplier<String> run) {
        reload = run;
        return this;
    }

    @Override
    public Future<?> start() {
        endpoints = endpoints().stream().collect(Collectors.toUnmodifiableMap(Endpoint::path, Function.identity()));
        connections =
                new ManagementConnections(vertx, connectionsMax, http.headerTimeoutMillis(), http.bodyTimeoutMillis());
        HttpServerOptions options = new HttpServerOptions()
                .setHost(management.host())
                .setPort(management.port())
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(HttpConfig.HEADER_BYTES_MAX)
                .setMaxInitialLineLength(HttpConfig.HEADER_BYTES_MAX);
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
                new ReadEndpoint("/metrics", () -> prometheus
                        .text(vertx)
                        .map(text -> new ManagementResponse(200, PrometheusEndpoint.CONTENT_TYPE, text, Map.of()))),
                new BackupEndpoint(vertx, copy),
                new ReloadEndpoint(vertx, reload));
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
            giveId(request);
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
            giveId(request);
            request.exceptionHandler(ignored -> {});
            respond(request).onComplete(response -> send(request, response.result()));
        }
    }

    private void giveId(HttpServerRequest request) {
        request.response().headers().set(RequestIds.HEADER, ids.takeOrMake(request.getHeader(RequestIds.HEADER)));
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

    private @Nullable ManagementResponse rejectionOf(Endpoint endpoint, HttpServerRequest request) {
        boolean isRead = endpoint.method().equals(HttpMethod.GET);
        if (!request.method().equals(endpoint.method())
                && !(isRead && request.method().equals(HttpMethod.HEAD))) {
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
        LOG.atError()
                .addKeyValue("request_id", request.response().headers().get(RequestIds.HEADER))
                .addKeyValue("method", request.method())
                .addKeyValue("path", request.path())
                .setCause(failure)
                .log("A request to the management port failed");
        return ManagementResponse.line(500, "internal error");
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
        httpResponse.end(response.body()).onSuccess(sent -> {
            if (request.isEnded()) {
                request.connection().close();
            } else {
                vertx.setTimer(LINGER_MILLIS, timerId -> request.connection().close());
            }
        });
    }
}
