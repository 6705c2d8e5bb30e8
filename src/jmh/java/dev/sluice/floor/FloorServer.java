package dev.sluice.floor;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Sluice is measured against: a bare Vert.x server with the options of ours that reads the whole body of a request, does
 * nothing with it, and returns as many bytes. No faster Vert.x server can take messages over HTTP. With a log it syncs bodies to a
 * file before it confirms them, and does no more.
 *
 * <pre>
 * java -cp sluice.jar:sluice-floor.jar dev.sluice.floor.FloorServer port=8080 [responseBytes=190] [cert=FILE key=FILE] [log=FILE]
 * </pre>
 *
 * <p>{@code responseBytes} is the size of every response; without it, it is the size of the request's body. A request for the list of
 * queues gets one, so that {@code sluice bench} can be pointed at it.
 */
public final class FloorServer extends VerticleBase {
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");

    private static final Buffer QUEUES =
            Buffer.buffer("{\"result\":[{\"queue_id\":\"" + "0".repeat(32) + "\"}],\"success\":true}");

    private final HttpServerOptions options;
    /** Null if it is the body. */
    private final Buffer response;
    /** Null if nothing is kept. */
    private final FloorLog log;

    private FloorServer(HttpServerOptions options, Buffer response, FloorLog log) {
        this.options = options;
        this.response = response;
        this.log = log;
    }

    /** Serves until it is killed; prints a line when it is ready. */
    public static void main(String[] args) throws IOException {
        Map<String, String> settings = Stream.of(args)
                .map(arg -> arg.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
        HttpServerOptions options = options(Integer.parseInt(settings.get("port")));
        if (settings.containsKey("cert")) {
            secure(options, settings.get("cert"), settings.get("key"));
        }
        String responseBytes = settings.get("responseBytes");
        Buffer response = responseBytes == null ? null : Buffer.buffer("x".repeat(Integer.parseInt(responseBytes)));
        FloorLog log = settings.containsKey("log") ? new FloorLog(Path.of(settings.get("log"))) : null;
        int eventLoops = Runtime.getRuntime().availableProcessors();
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(eventLoops));
        vertx.deployVerticle(
                        () -> new FloorServer(options, response, log), new DeploymentOptions().setInstances(eventLoops))
                .onSuccess(id -> System.out.println("floor ready on port " + options.getPort()))
                .onFailure(failure -> {
                    System.err.println("floor: " + failure);
                    System.exit(1);
                });
    }

    @Override
    public Future<?> start() {
        HttpServer server = vertx.createHttpServer(options);
        return server.requestHandler(this::serve).listen();
    }

    private void serve(HttpServerRequest request) {
        request.body()
                .compose(body ->
                        log == null || body.length() == 0 ? Future.succeededFuture(body) : log.append(body, context))
                .onSuccess(body -> {
                    request.response().headers().set(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON);
                    request.response().end(body.length() == 0 ? QUEUES : response == null ? body : response);
                })
                .onFailure(failure -> request.response().setStatusCode(500).end(failure.getMessage()));
    }

    private static HttpServerOptions options(int port) {
        return new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setIdleTimeout(120)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxInitialLineLength(HEADER_BYTES_MAX)
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
    }

    private static void secure(HttpServerOptions options, String certificate, String key) {
        options.setSsl(true)
                .setSslEngineOptions(new OpenSSLEngineOptions())
                .setKeyCertOptions(
                        new PemKeyCertOptions().setCertPath(certificate).setKeyPath(key))
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1));
    }
}
