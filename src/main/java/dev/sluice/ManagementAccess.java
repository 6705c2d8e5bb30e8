package dev.sluice;

import dev.sluice.api.auth.Authenticator;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.Access;
import dev.sluice.management.ChangeAuthorizer;
import io.vertx.core.http.HttpServerRequest;

/**
 * Authorizes requests of the management port that change something: they need an API credential with write access to
 * every account, or the generated one. Owned by one event loop.
 */
final class ManagementAccess implements ChangeAuthorizer {
    private final Authenticator credentials;
    private final Owners owners;

    ManagementAccess(Authenticator credentials, Owners owners) {
        this.credentials = credentials;
        this.owners = owners;
    }

    @Override
    public Authorization authorize(HttpServerRequest request) {
        Principal caller;
        try {
            caller = credentials.authenticate(request);
        } catch (EdgeException unknown) {
            return Authorization.UNAUTHENTICATED;
        }
        return owners.isOwner(caller) && caller.access() == Access.WRITE
                ? Authorization.ALLOWED
                : Authorization.FORBIDDEN;
    }
}
