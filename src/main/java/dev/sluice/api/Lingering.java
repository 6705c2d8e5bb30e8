package dev.sluice.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Closes a connection whose request was answered before it had arrived in full. What still comes is thrown away for a moment: closing at
 * once would reset the connection, and the client could lose the answer.
 */
final class Lingering {
    private static final long LINGER_MILLIS = 500;

    private Lingering() {}

    /** Closes when the request is over or a moment has passed, whichever comes first. */
    static void close(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return;
        }
        Vertx vertx = Vertx.currentContext().owner();
        long timer = vertx.setTimer(LINGER_MILLIS, fired -> request.connection().close());
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        });
        request.exceptionHandler(failure -> vertx.cancelTimer(timer));
        request.handler(ignored -> {});
        request.resume();
    }
}
