package dev.sluice.management;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** {@code POST /backup?to=DIR}: copies the store into a new directory of this machine. */
final class BackupEndpoint implements Endpoint {
    private final Vertx vertx;
    private final Consumer<Path> copy;

    /**
     * @param copy copies the store; may block; throws an exception with a one-line message on failure
     */
    BackupEndpoint(Vertx vertx, Consumer<Path> copy) {
        this.vertx = vertx;
        this.copy = copy;
    }

    @Override
    public String path() {
        return "/backup";
    }

    @Override
    public HttpMethod method() {
        return HttpMethod.POST;
    }

    @Override
    public boolean changes() {
        return true;
    }

    @Override
    public Future<ManagementResponse> handle(HttpServerRequest request) {
        Path directory;
        try {
            directory = target(request);
        } catch (IllegalArgumentException malformed) {
            return Future.succeededFuture(ManagementResponse.line(400, String.valueOf(malformed.getMessage())));
        }
        return vertx.executeBlocking(() -> {
                    copy.accept(directory);
                    return ManagementResponse.line(200, "copied to " + directory);
                })
                .otherwise(failure -> ManagementResponse.line(409, String.valueOf(failure.getMessage())));
    }

    private static Path target(HttpServerRequest request) {
        List<String> values;
        try {
            values = new QueryStringDecoder(request.uri()).parameters().get("to");
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("the query is not well-formed percent-encoding", malformed);
        }
        if (values == null || values.size() != 1) {
            throw new IllegalArgumentException("the query must have one parameter to");
        }
        Path directory;
        try {
            directory = Path.of(values.get(0));
        } catch (InvalidPathException malformed) {
            throw new IllegalArgumentException("to is not a path", malformed);
        }
        if (!directory.isAbsolute() || !directory.equals(directory.normalize())) {
            throw new IllegalArgumentException("to must be an absolute path without . and ..");
        }
        return directory;
    }
}
