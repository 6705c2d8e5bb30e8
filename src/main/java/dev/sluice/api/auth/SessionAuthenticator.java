package dev.sluice.api.auth;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * Accepts the tokens of console sessions, and leaves all other credentials to another authenticator. A session ends with
 * the credential that it came from.
 */
public final class SessionAuthenticator implements Authenticator {
    private static final String SCHEME = "Bearer " + ConsoleSessions.PREFIX;
    private static final int HEADER_CHARS_MAX = 100;

    private final ConsoleSessions sessions;
    private final Authenticator others;

    public SessionAuthenticator(ConsoleSessions sessions, Authenticator others) {
        this.sessions = sessions;
        this.others = others;
    }

    @Override
    public Principal authenticate(HttpServerRequest request) {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization == null || !authorization.startsWith(SCHEME) || authorization.length() > HEADER_CHARS_MAX) {
            return others.authenticate(request);
        }
        Principal caller = sessions.find(authorization.substring("Bearer ".length()));
        if (caller == null || !others.isCurrent(caller)) {
            throw new EdgeException(EdgeError.NOT_AUTHORIZED);
        }
        return caller;
    }

    @Override
    public boolean isCurrent(Principal caller) {
        return others.isCurrent(caller);
    }
}
