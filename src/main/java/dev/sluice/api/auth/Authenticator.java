package dev.sluice.api.auth;

import dev.sluice.api.error.EdgeException;
import io.vertx.core.http.HttpServerRequest;

/** Identifies the caller of a request by its headers. Does not block. Safe for use by all event loops. */
@FunctionalInterface
public interface Authenticator {
    /**
     * The caller that the credentials of a request identify.
     *
     * @throws EdgeException CREDENTIALS_MISSING if there are none, NOT_AUTHORIZED if they are unknown
     */
    Principal authenticate(HttpServerRequest request) throws EdgeException;

    /** Whether the credential of a caller that was authenticated before is still valid. */
    default boolean isCurrent(Principal caller) {
        return true;
    }
}
