package dev.sluice.management;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * One path of the management port. Called on the event loop when the headers of a request have arrived; must not block.
 *
 * <p>An endpoint that {@link #changes} anything gets only requests whose credential {@link ChangeAuthorizer} has accepted, and which come
 * from this machine.
 */
interface Endpoint {
    /** The path, as it stands in the request line. */
    String path();

    /** The only method it takes; GET includes HEAD. */
    HttpMethod method();

    /** Whether it changes anything: the server, its store or its disk. */
    boolean changes();

    /** Answers a request; a failed future, and an exception, become status 500. */
    Future<ManagementResponse> answer(HttpServerRequest request);
}
