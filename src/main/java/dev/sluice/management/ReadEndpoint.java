package dev.sluice.management;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;

/**
 * A read-only endpoint.
 *
 * @param path its path
 * @param current its current response
 */
record ReadEndpoint(String path, Supplier<Future<ManagementResponse>> current) implements Endpoint {
    @Override
    public HttpMethod method() {
        return HttpMethod.GET;
    }

    @Override
    public boolean changes() {
        return false;
    }

    @Override
    public Future<ManagementResponse> handle(HttpServerRequest request) {
        return current.get();
    }
}
