package dev.sluice;

import dev.sluice.api.Access;
import dev.sluice.api.Authenticator;
import dev.sluice.api.Caller;
import dev.sluice.management.ChangeAuthorizer;
import dev.sluice.queue.QueueException;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * Who may change anything on the management port: a credential of the API with write access to every account. The made credentials are
 * such a credential, because they exist only where there are no others. Owned by one event loop.
 */
final class ManagementAccess implements ChangeAuthorizer {
    private final Authenticator credentials;
    private final Optional<Installation> installation;

    ManagementAccess(Authenticator credentials, Optional<Installation> installation) {
        this.credentials = credentials;
        this.installation = installation;
    }

    @Override
    public Verdict authorize(HttpServerRequest request) {
        Caller caller;
        try {
            caller = credentials.authenticate(request);
        } catch (QueueException unknown) {
            return Verdict.UNAUTHENTICATED;
        }
        boolean everywhere = caller.accounts().contains("*")
                || installation.filter(made -> caller.mayUse(made.accountId())).isPresent();
        return everywhere && caller.access() == Access.WRITE ? Verdict.ALLOWED : Verdict.FORBIDDEN;
    }
}
