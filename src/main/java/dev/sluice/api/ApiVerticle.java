package dev.sluice.api;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.http.Certificates;
import dev.sluice.api.http.ConnectionLimit;
import dev.sluice.api.http.ConnectionTracker;
import dev.sluice.api.http.ErrorLogger;
import dev.sluice.api.http.GracefulShutdown;
import dev.sluice.api.http.PendingHandshakes;
import dev.sluice.api.http.TrackedConnection;
import dev.sluice.config.HttpConfig;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP server of one event loop. Deployed once per event loop; all instances share the port. */
public final class ApiVerticle extends VerticleBase {
    private static final int SHARED_FREE_PORT = -1;

    private static final int STREAMS_MAX = 100;
    /**
     * Streams that a client may reset within the window, with a small response or none. More are treated as an attack
     * (rapid reset).
     */
    private static final int RESETS_MAX = 200;

    private static final int RESETS_WINDOW_SECONDS = 30;
    /**
     * Beyond its own limit, Netty responds to a header list without a body. Up to that, we respond with the envelope.
     */
    private static final int HEADER_LIST_FACTOR = 2;
    /** Error code of HTTP/2: the request was not processed and may be sent again. */
    private static final long REFUSED_STREAM = 7;

    private final HttpConfig http;
    private final long stopMillis;
    private final Contract contract;
    private final Gateway gateway;
    private final Supplier<List<OperationBinding>> operations;
    private final ConnectionLimit connections;
    private final Meters meters;
    private final @Nullable Certificates certificates;
    private final GracefulShutdown shutdown;

    private Pages pages = Pages.NONE;
    private HttpServer server;

    /**
     * A server that is not yet deployed.
     *
     * @param stopMillis how long a stop waits for requests in progress
     * @param gateway for this event loop alone
     * @param operations creates the operations of one event loop; called once
     * @param connections counted over all event loops
     * @param meters counts responses over all event loops
     * @param certificates shared by all event loops; null for plain HTTP
     */
    public ApiVerticle(
            HttpConfig http,
            long stopMillis,
            Contract contract,
            Gateway gateway,
            Supplier<List<OperationBinding>> operations,
            ConnectionLimit connections,
            Meters meters,
            @Nullable Certificates certificates) {
        this.http = http;
        this.stopMillis = stopMillis;
        this.contract = contract;
        this.gateway = gateway;
        this.operations = operations;
        this.connections = connections;
        this.meters = meters;
        this.certificates = certificates;
        this.shutdown = new GracefulShutdown(gateway.connections());
    }

    /** Serves these pages too. Before it is deployed. */
    public ApiVerticle withPages(Pages more) {
        pages = more;
        return this;
    }

    @Override
    public Future<?> start() {
        RouteTable routes = RouteTable.of(contract, operations.get(), meters);
        Router router = new ContractRouter(contract, routes, gateway, pages).build(vertx);
        MessageRouter messages = new MessageRouter(routes, gateway);
        BindingRouter workers = new BindingRouter(routes, gateway);
        gateway.begin(vertx, http.bodyTimeoutMillis(), http.idleTimeoutMillis());
        gateway.connections().begin(vertx, http.headerTimeoutMillis(), http.idleTimeoutMillis());
        HttpServerOptions options = options();
        server = vertx.createHttpServer(options)
                .connectionHandler(connection -> onConnection(connection, options))
                .invalidRequestHandler(this::refuse)
                .requestHandler(request -> {
                    if (!gateway.connections().admits(request)) {
                        request.response().reset(REFUSED_STREAM);
                        return;
                    }
                    EdgeException refusal = onRequest(request);
                    if (refusal != null) {
                        gateway.fail(request, refusal);
                    } else if (!messages.serve(request) && !workers.serve(request)) {
                        route(router, request);
                    }
                });
        return server.listen().onSuccess(listening -> {
            if (certificates != null) {
                certificates.startReloading(vertx, server, options.getSslOptions());
            }
        });
    }

    /** Closes the listener at once, and each connection as soon as it can. Completes when all are closed. */
    @Override
    public Future<?> stop() {
        if (server == null) {
            return Future.succeededFuture();
        }
        shutdown.begin(vertx, stopMillis);
        return shutdown.closeListener(vertx).compose(closed -> server.shutdown(stopMillis, TimeUnit.MILLISECONDS));
    }

    /** The port it listens on, once deployed. */
    public int actualPort() {
        return server.actualPort();
    }

    private HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(http.host())
                .setPort(http.port() == 0 ? SHARED_FREE_PORT : http.port())
                .setIdleTimeout(Math.toIntExact(http.idleTimeoutMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(HttpConfig.HEADER_BYTES_MAX)
                .setMaxInitialLineLength(HttpConfig.HEADER_BYTES_MAX)
                .setHttp2ClearTextEnabled(false)
                // WebSocket is not used, but its compression would examine every request.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
        if (certificates == null) {
            return options;
        }
        options.setSslHandshakeTimeout(http.headerTimeoutMillis()).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        return secure(limitHttp2(options), certificates);
    }

    /**
     * Limits what one connection of HTTP/2 can cost. Beside these limits, Netty closes a connection that sends too many
     * continuations or empty frames, or so many pings or settings that 10,000 acknowledgements are pending. The limit
     * of streams applies once the client has acknowledged it, and before that by {@link
     * TrackedConnection#configure}.
     */
    private HttpServerOptions limitHttp2(HttpServerOptions options) {
        return options.setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(STREAMS_MAX)
                        .setMaxHeaderListSize((long) HEADER_LIST_FACTOR * HttpConfig.HEADER_BYTES_MAX)
                        .setPushEnabled(false))
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
                .setHttp2RstFloodWindowDuration(RESETS_WINDOW_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }

    private static HttpServerOptions secure(HttpServerOptions options, Certificates certificates) {
        options.setSsl(true)
                .setSslEngineOptions(new OpenSSLEngineOptions())
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1));
        certificates.configure(options);
        return options;
    }

    /** A query that cannot be decoded must not reach the router, which would decode it and fail in its own format. */
    private void route(Router router, HttpServerRequest request) {
        if (QueryString.isWellFormed(request.query())) {
            router.handle(request);
        } else {
            gateway.fail(request, new EdgeException(EdgeError.HTTP_MALFORMED));
        }
    }

    /** Responds to input that is not HTTP, or has too large headers. */
    private void refuse(HttpServerRequest request) {
        onRequest(request);
        gateway.fail(request, request.decoderResult().cause());
    }

    private void onConnection(HttpConnection connection, HttpServerOptions options) {
        if (!connections.tryOpen()) {
            if (!gateway.connections().evictOne()) {
                ConnectionTracker.refuse(connection);
                return;
            }
            connections.openInPlaceOfAnother();
        }
        TrackedConnection opened = gateway.connections().onOpened(connection);
        if (certificates != null) {
            PendingHandshakes.opened(opened.pipeline().channel());
        }
        opened.configure(options, HttpConfig.HEADER_BYTES_MAX, STREAMS_MAX);
        shutdown.onOpened(opened);
        connection.closeHandler(closed -> {
            connections.closed();
            gateway.connections().onClosed(connection);
        });
        ErrorLogger.install(opened.pipeline());
        connection.exceptionHandler(ErrorLogger::log);
        if (!gateway.connections().admits(opened)) {
            opened.forceClose();
        }
    }

    private @Nullable EdgeException onRequest(HttpServerRequest request) {
        gateway.onArrival(request);
        EdgeException refusal = gateway.connections().onRequest(request);
        shutdown.onRequest(request);
        return refusal;
    }
}
