package dev.sluice.management;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;

/** {@code POST /reload}: reads the configuration again and says what is in force, or why something is not. */
final class ReloadEndpoint implements Endpoint {
    private final Vertx vertx;
    private final Supplier<String> reload;

    /**
     * An endpoint.
     *
     * @param reload reloads and returns a line; may block; throws an exception with a one-line message on failure
     */
    ReloadEndpoint(Vertx vertx, Supplier<String> reload) {
        this.vertx = vertx;
        this.reload = reload;
    }

    @Override
    public String path() {
        return "/reload";
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
        return vertx.executeBlocking(() -> ManagementResponse.line(200, reload.get()), false)
                .otherwise(failure -> ManagementResponse.line(409, String.valueOf(failure.getMessage())));
    }
}
