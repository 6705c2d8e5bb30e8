package dev.sluice;

import dev.sluice.api.auth.Authenticator;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.Access;
import dev.sluice.management.ChangeAuthorizer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * Authorizes requests of the management port that change something: they need an API credential with write access to
 * every account. The generated credentials are sufficient, because they exist only if no others are configured. Owned
 * by one event loop.
 */
final class ManagementAccess implements ChangeAuthorizer {
    private final Authenticator credentials;
    private final Optional<GeneratedCredentials> generated;

    ManagementAccess(Authenticator credentials, Optional<GeneratedCredentials> generated) {
        this.credentials = credentials;
        this.generated = generated;
    }

    @Override
    public Authorization authorize(HttpServerRequest request) {
        Principal caller;
        try {
            caller = credentials.authenticate(request);
        } catch (EdgeException unknown) {
            return Authorization.UNAUTHENTICATED;
        }
        boolean hasAllAccounts = caller.accounts().contains("*")
                || generated
                        .filter(credential -> caller.mayUse(credential.accountId()))
                        .isPresent();
        return hasAllAccounts && caller.access() == Access.WRITE ? Authorization.ALLOWED : Authorization.FORBIDDEN;
    }
}
