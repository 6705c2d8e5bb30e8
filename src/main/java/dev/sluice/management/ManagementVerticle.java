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
 * Health, metrics and administration on their own port: {@code /health/live}, {@code /health/ready}, {@code /metrics} for everyone who can
 * reach it, and {@code /backup} for callers of this machine with a credential.
 *
 * <p>HTTP/1.1 only, one request a connection: so no request waits behind another, an idle connection is one whose first request
 * is late, and what clients do not take is bounded by the number of connections.
 */
public final class ManagementVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementVerticle.class);
    /** For the rest of a request that was answered before it had arrived: closing at once could cost the client the answer. */
    private static final long LINGER_MILLIS = 500;

    private final ManagementSettings settings;
    private final PrometheusEndpoint exposition;
    private final Supplier<Optional<String>> unready;
    private final ChangeAuthorizer authorizer;
    private final Consumer<Path> copy;
    private final RequestGuard guard;
    private Map<String, Endpoint> endpoints;
    private ManagementConnections connections;
    private HttpServer listener;

    /**
     * A verticle that is not deployed yet and shows only.
     *
     * @param unready why the server should get no requests now; empty if it should. Must not block
     */
    public ManagementVerticle(ManagementSettings settings, Meters meters, Supplier<Optional<String>> unready) {
        this(settings, meters, unready, ChangeAuthorizer.NONE, directory -> {});
    }

    /**
     * A verticle that is not deployed yet.
     *
     * @param unready why the server should get no requests now; empty if it should. Must not block
     * @param authorizer decides who may change anything
     * @param copy copies the store into a new directory; may block
     */
    public ManagementVerticle(
            ManagementSettings settings,
            Meters meters,
            Supplier<Optional<String>> unready,
            ChangeAuthorizer authorizer,
            Consumer<Path> copy) {
        this.settings = settings;
        this.exposition = new PrometheusEndpoint(meters);
        this.unready = unready;
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
                .connectionHandler(connections::opened)
                .invalidRequestHandler(this::refuseMalformed)
                .requestHandler(this::receive);
        return listener.listen();
    }

    @Override
    public Future<?> stop() {
        return listener.close();
    }

    /** The port on which it listens, once deployed. */
    public int port() {
        return listener.actualPort();
    }

    private List<Endpoint> endpoints() {
        return List.of(
                new ReadEndpoint(
                        "/health/live",
                        () -> Future.succeededFuture(ManagementResponse.json(200, "{\"status\":\"live\"}"))),
                new ReadEndpoint("/health/ready", () -> Future.succeededFuture(readiness())),
                // On a worker, because reading the figures of the virtual machine takes milliseconds.
                new ReadEndpoint("/metrics", () -> vertx.executeBlocking(exposition::text, false)
                        .map(text -> new ManagementResponse(200, PrometheusEndpoint.CONTENT_TYPE, text, Map.of()))),
                new BackupEndpoint(vertx, copy));
    }

    private ManagementResponse readiness() {
        return unready.get()
                .map(reason -> ManagementResponse.json(
                        503,
                        new JsonObject()
                                .put("status", "unready")
                                .put("reason", reason)
                                .encode()))
                .orElseGet(() -> ManagementResponse.json(200, "{\"status\":\"ready\"}"));
    }

    private void refuseMalformed(HttpServerRequest request) {
        if (connections.received(request.connection())) {
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

    /** Answers a request. No endpoint needs a body; one that comes is dropped. */
    private void receive(HttpServerRequest request) {
        if (connections.received(request.connection())) {
            request.exceptionHandler(gone -> {});
            answer(request).onComplete(answer -> send(request, answer.result()));
        }
    }

    /** Never fails. */
    private Future<ManagementResponse> answer(HttpServerRequest request) {
        ManagementResponse refusal = guard.refusalOf(request);
        if (refusal != null) {
            return Future.succeededFuture(refusal);
        }
        Endpoint endpoint = endpoints.get(request.path());
        if (endpoint == null) {
            return Future.succeededFuture(ManagementResponse.line(404, "try /health/live, /health/ready or /metrics"));
        }
        return Future.succeededFuture(endpoint)
                .compose(found -> {
                    ManagementResponse refused = refusalOf(found, request);
                    return refused == null ? found.answer(request) : Future.succeededFuture(refused);
                })
                .otherwise(failure -> internal(request, failure));
    }

    private ManagementResponse refusalOf(Endpoint endpoint, HttpServerRequest request) {
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

    private static ManagementResponse internal(HttpServerRequest request, Throwable failure) {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
        LOG.error("management request {} failed: {} {}", id, request.method(), request.path(), failure);
        return ManagementResponse.line(500, "internal error", "x-request-id", id);
    }

    /** Sends the only answer of a connection and closes it. */
    private void send(HttpServerRequest request, ManagementResponse answer) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        connections.answered(request.connection());
        response.setStatusCode(answer.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        answer.headers().forEach(response::putHeader);
        response.end(answer.text()).onSuccess(taken -> {
            if (request.isEnded()) {
                request.connection().close();
            } else {
                vertx.setTimer(LINGER_MILLIS, passed -> request.connection().close());
            }
        });
    }
}
