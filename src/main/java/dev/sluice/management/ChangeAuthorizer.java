package dev.sluice.management;

import io.vertx.core.http.HttpServerRequest;

/** Authorizes requests that change something, by their headers. Called on one event loop; must not block. */
@FunctionalInterface
public interface ChangeAuthorizer {
    /** The result. */
    enum Authorization {
        /** The credential is valid and has all rights. */
        ALLOWED,
        /** There is no valid credential: status 401. */
        UNAUTHENTICATED,
        /** The credential is valid, but does not have all rights: status 403. */
        FORBIDDEN
    }

    /** Authorizes this request. */
    Authorization authorize(HttpServerRequest request);
}
