package dev.sluice;

import dev.sluice.api.auth.Access;
import dev.sluice.api.auth.Authenticator;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.error.EdgeException;
import dev.sluice.management.ChangeAuthorizer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * Who may change anything on the management port: a credential of the API with write access to every account. The made credentials are
 * such a credential, because they exist only where there are no others. Owned by one event loop.
 */
final class ManagementAccess implements ChangeAuthorizer {
    private final Authenticator credentials;
    private final Optional<GeneratedCredentials> installation;

    ManagementAccess(Authenticator credentials, Optional<GeneratedCredentials> installation) {
        this.credentials = credentials;
        this.installation = installation;
    }

    @Override
    public Authorization authorize(HttpServerRequest request) {
        Principal caller;
        try {
            caller = credentials.authenticate(request);
        } catch (EdgeException unknown) {
            return Authorization.UNAUTHENTICATED;
        }
        boolean everywhere = caller.accounts().contains("*")
                || installation.filter(made -> caller.mayUse(made.accountId())).isPresent();
        return everywhere && caller.access() == Access.WRITE ? Authorization.ALLOWED : Authorization.FORBIDDEN;
    }
}
