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
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What Sluice is measured against: a bare Vert.x server with the options of ours that reads the whole body of a request, does
 * nothing with it, and answers as many bytes. No faster Vert.x server can take messages over HTTP.
 *
 * <pre>
 * java -cp sluice.jar:sluice-floor.jar dev.sluice.floor.FloorServer PORT [ANSWER_BYTES [CERTIFICATE KEY]]
 * </pre>
 *
 * <p>{@code ANSWER_BYTES} is the size of every answer; 0 stands for the size of the request's body.
 */
public final class FloorServer extends VerticleBase {
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");

    private final HttpServerOptions options;
    private final Buffer answer;

    private FloorServer(HttpServerOptions options, int answerBytes) {
        this.options = options;
        this.answer = Buffer.buffer("x".repeat(answerBytes));
    }

    /** Serves until it is killed; prints a line when it is ready. */
    public static void main(String[] args) {
        HttpServerOptions options = options(Integer.parseInt(args[0]));
        int answerBytes = args.length > 1 ? Integer.parseInt(args[1]) : 0;
        if (args.length > 3) {
            secure(options, args[2], args[3]);
        }
        int eventLoops = Runtime.getRuntime().availableProcessors();
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(eventLoops));
        vertx.deployVerticle(
                        () -> new FloorServer(options, answerBytes), new DeploymentOptions().setInstances(eventLoops))
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
        request.body().onSuccess(body -> {
            request.response().headers().set(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON);
            request.response().end(answer.length() == 0 ? body : answer);
        });
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
