package dev.sluice.api;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.Meters;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.Router;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The HTTP edge of one event loop. Deployed once per event loop; all instances share the port. */
public final class ApiVerticle extends VerticleBase {
    /** Vert.x gives instances that listen on the same negative port the same free one. */
    private static final int SHARED_FREE_PORT = -1;

    private static final int STREAMS_MAX = 100;
    /** Requests that a client may take back in a window, with a small answer or none; a flood of them is an attack. */
    private static final int RESETS_MAX = 200;

    private static final int RESETS_WINDOW_SECONDS = 30;

    private final HttpSettings settings;
    private final Contract contract;
    private final Gateway gateway;
    private final Supplier<? extends Collection<Operation>> operations;
    private final Connections connections;
    private final Meters meters;
    private final Farewell farewell;

    private HttpServer server;

    /**
     * An edge that is not yet deployed.
     *
     * @param gateway for this event loop alone
     * @param operations makes the handlers of one event loop; asked once
     * @param connections counted over all event loops
     * @param meters counts answers over all event loops
     */
    public ApiVerticle(
            HttpSettings settings,
            Contract contract,
            Gateway gateway,
            Supplier<? extends Collection<Operation>> operations,
            Connections connections,
            Meters meters) {
        this.settings = settings;
        this.contract = contract;
        this.gateway = gateway;
        this.operations = operations;
        this.connections = connections;
        this.meters = meters;
        this.farewell = new Farewell(gateway.connections());
    }

    @Override
    public Future<?> start() {
        List<Binding> bindings = Bindings.of(contract, operations.get(), meters);
        Router router = new ContractRouter(contract, gateway).build(vertx, bindings);
        MessageRoutes messages = new MessageRoutes(contract, gateway, bindings);
        gateway.watch(vertx, settings.bodyTimeoutSeconds(), settings.idleTimeoutSeconds());
        gateway.connections().begin(vertx, settings.headerTimeoutSeconds(), settings.idleTimeoutSeconds());
        HttpServerOptions options = options();
        server = vertx.createHttpServer(options)
                .connectionHandler(connection -> watch(connection, options))
                .invalidRequestHandler(this::refuse)
                .requestHandler(request -> {
                    hear(request);
                    if (!messages.serve(request)) {
                        route(router, request);
                    }
                });
        return server.listen().onSuccess(listening -> {
            if (settings.tls() != null) {
                new CertificateWatch(server, options.getSslOptions(), settings.tls()).start(vertx);
            }
        });
    }

    /** Closes the listener at once and each connection when it can; completes when all are closed. */
    @Override
    public Future<?> stop() {
        if (server == null) {
            return Future.succeededFuture();
        }
        farewell.begin(vertx, settings.stopMillis());
        return farewell.closeListener(vertx)
                .compose(closed -> server.shutdown(settings.stopMillis(), TimeUnit.MILLISECONDS));
    }

    /** The port it listens on, once deployed. */
    public int actualPort() {
        return server.actualPort();
    }

    private HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port() == 0 ? SHARED_FREE_PORT : settings.port())
                .setIdleTimeout(settings.idleTimeoutSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxHeaderSize(settings.headerBytesMax())
                .setMaxInitialLineLength(settings.headerBytesMax())
                .setHttp2ClearTextEnabled(false)
                // Nobody speaks WebSocket here, but its compression would look at every request.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
        if (settings.tls() == null) {
            return options;
        }
        if (settings.headerTimeoutSeconds() > 0) {
            options.setSslHandshakeTimeout(settings.headerTimeoutSeconds())
                    .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
        }
        return secure(limitHttp2(options), settings.tls());
    }

    /**
     * Bounds on what one connection of HTTP/2 can make us do or keep. Beside these Netty ends a connection that sends too many
     * continuations or empty frames, or so many pings or settings that 10,000 of their acknowledgements pile up. The number of
     * streams holds from the client's acknowledgement on, and before it by {@link ConnectionWatch.Open#limitStreams}.
     */
    private HttpServerOptions limitHttp2(HttpServerOptions options) {
        return options.setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(STREAMS_MAX)
                        .setMaxHeaderListSize(settings.headerBytesMax())
                        .setPushEnabled(false))
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
                .setHttp2RstFloodWindowDuration(RESETS_WINDOW_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }

    private static HttpServerOptions secure(HttpServerOptions options, HttpSettings.Tls tls) {
        options.setSsl(true)
                .setSslEngineOptions(new OpenSSLEngineOptions())
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(tls.certificatePath())
                        .setKeyPath(tls.keyPath()))
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1));
        HttpSettings.Clients clients = tls.clients();
        if (clients != null) {
            options.setClientAuth(clients.required() ? ClientAuth.REQUIRED : ClientAuth.REQUEST)
                    .setTrustOptions(new PemTrustOptions().addCertPath(clients.authoritiesPath()));
        }
        return options;
    }

    /** The router must not see a query that cannot be decoded: it decodes it itself, and fails on it in its own way. */
    private void route(Router router, HttpServerRequest request) {
        if (QueryString.isWellFormed(request.query())) {
            router.handle(request);
        } else {
            gateway.fail(request, new QueueException(QueueError.HTTP_MALFORMED));
        }
    }

    /** Bytes that are no HTTP, or more header than allowed. */
    private void refuse(HttpServerRequest request) {
        hear(request);
        gateway.fail(request, new QueueException(QueueError.HTTP_MALFORMED));
        request.connection().close();
    }

    private void watch(HttpConnection connection, HttpServerOptions options) {
        if (!connections.tryOpen()) {
            if (!gateway.connections().closeIdlest()) {
                ConnectionWatch.cutOff(connection);
                return;
            }
            connections.openInPlaceOfAnother();
        }
        KnownVersions.demandOf(connection);
        ConnectionWatch.Open opened = gateway.connections().opened(connection);
        if (settings.tls() != null) {
            PendingHandshakes.opened(
                    opened.pipeline().channel(), connections.pendingMax(), settings.headerTimeoutSeconds());
        }
        opened.timeHeads(options);
        opened.limitStreams(STREAMS_MAX);
        farewell.opened(opened);
        connection.closeHandler(closed -> {
            connections.closed();
            gateway.connections().closed(connection);
        });
    }

    private void hear(HttpServerRequest request) {
        gateway.connections().heard(request);
        farewell.heard(request);
    }
}
