package dev.sluice.api;

import io.vertx.core.http.HttpServerRequest;

/** Tells who sends a request (reference 1.3). One instance per event loop. */
public interface Authenticator {
    /**
     * The caller that the request's credentials name.
     *
     * @throws dev.sluice.queue.QueueException CREDENTIALS_MISSING if there are none, NOT_AUTHORIZED if they are not good
     */
    Caller authenticate(HttpServerRequest request);
}
