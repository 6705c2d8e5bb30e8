package dev.sluice.management;

import io.vertx.core.http.HttpServerRequest;

/** Decides by the headers of a request whether it may change anything. Called on one event loop; must not block. */
@FunctionalInterface
public interface ChangeAuthorizer {
    /** Refuses every request. */
    ChangeAuthorizer NONE = request -> Authorization.FORBIDDEN;

    /** The outcome. */
    enum Authorization {
        /** The credential is known and has all rights. */
        ALLOWED,
        /** There is no credential, or none that is known: status 401. */
        UNAUTHENTICATED,
        /** The credential is known, but has not all rights: status 403. */
        FORBIDDEN
    }

    /** Decides on that request. */
    Authorization authorize(HttpServerRequest request);
}
