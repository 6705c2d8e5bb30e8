package dev.sluice.api.auth;

import dev.sluice.queue.QueueException;
import io.vertx.core.http.HttpServerRequest;

/** Tells who sends a request from its headers, without waiting for anything. Safe for use by all event loops. */
@FunctionalInterface
public interface Authenticator {
    /**
     * The caller that the credentials stand for.
     *
     * @throws QueueException CREDENTIALS_MISSING if there are none, NOT_AUTHORIZED if they are unknown
     */
    Principal authenticate(HttpServerRequest request) throws QueueException;
}
