package dev.sluice.management;

import dev.sluice.runtime.Meters;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Health and metrics on their own port: {@code /health/live}, {@code /health/ready}, {@code /metrics}, and {@code /backup} for callers of this
 * machine. Scrapes run on a worker,
 * because reading the virtual machine's figures takes milliseconds.
 */
public final class ManagementVerticle extends VerticleBase {
    private final String host;
    private final int port;
    private final Exposition exposition;
    private final Supplier<Optional<String>> unready;
    private final BackupEndpoint backup;
    private HttpServer listener;

    /**
     * A verticle that is not deployed yet.
     *
     * @param port 0 for a free one
     * @param unready why the server should get no requests now; empty if it should. Must not block
     */
    public ManagementVerticle(String host, int port, Meters meters, Supplier<Optional<String>> unready) {
        this(host, port, meters, unready, directory -> {
            throw new UnsupportedOperationException("there is nothing to copy");
        });
    }

    /**
     * A verticle that is not deployed yet.
     *
     * @param port 0 for a free one
     * @param unready why the server should get no requests now; empty if it should. Must not block
     * @param copy copies the store into a new directory; may block
     */
    public ManagementVerticle(
            String host, int port, Meters meters, Supplier<Optional<String>> unready, Consumer<Path> copy) {
        this.backup = new BackupEndpoint(copy);
        this.host = host;
        this.port = port;
        this.exposition = new Exposition(meters);
        this.unready = unready;
    }

    @Override
    public Future<?> start() {
        listener = vertx.createHttpServer().requestHandler(this::answer);
        return listener.listen(port, host);
    }

    @Override
    public Future<?> stop() {
        return listener.close();
    }

    /** The port on which it listens, once deployed. */
    public int port() {
        return listener.actualPort();
    }

    private void answer(HttpServerRequest request) {
        if (request.path().equals(BackupEndpoint.PATH)) {
            backup.answer(
                    vertx, request, outcome -> answer(request, outcome.status(), "text/plain", outcome.text() + "\n"));
            return;
        }
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            answer(request, 405, "text/plain", "GET only\n");
            return;
        }
        switch (request.path()) {
            case "/health/live" -> answer(request, 200, "application/json", "{\"status\":\"live\"}\n");
            case "/health/ready" -> answerReady(request);
            case "/metrics" ->
                vertx.executeBlocking(exposition::text, false)
                        .onSuccess(text -> answer(request, 200, Exposition.CONTENT_TYPE, text))
                        .onFailure(failure -> answer(request, 500, "text/plain", "metrics cannot be read\n"));
            default -> answer(request, 404, "text/plain", "try /health/live, /health/ready or /metrics\n");
        }
    }

    private void answerReady(HttpServerRequest request) {
        Optional<String> reason = unready.get();
        if (reason.isEmpty()) {
            answer(request, 200, "application/json", "{\"status\":\"ready\"}\n");
        } else {
            String text = reason.get().replace("\\", "\\\\").replace("\"", "\\\"");
            answer(request, 503, "application/json", "{\"status\":\"unready\",\"reason\":\"" + text + "\"}\n");
        }
    }

    private static void answer(HttpServerRequest request, int status, String contentType, String text) {
        request.response()
                .setStatusCode(status)
                .putHeader("content-type", contentType)
                .end(text);
    }
}
