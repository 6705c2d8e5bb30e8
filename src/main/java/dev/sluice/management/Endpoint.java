package dev.sluice.management;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * One path of the management port. Called on the event loop after the headers of a request have arrived; must not
 * block.
 *
 * <p>An endpoint that {@link #changes} something receives only requests that come from this machine and whose
 * credential {@link ChangeAuthorizer} has accepted.
 */
interface Endpoint {
    /** The path, as in the request line. */
    String path();

    /** The only method that it accepts; GET includes HEAD. */
    HttpMethod method();

    /** Whether it changes something: the server, its store or its disk. */
    boolean changes();

    /** Handles a request. A failed future or an exception results in status 500. */
    Future<ManagementResponse> handle(HttpServerRequest request);
}
