package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import java.util.Locale;

/**
 * Revokes a token that was created at run time: requests and sessions of the console that use it are refused from now
 * on.
 */
public final class RevokeToken implements Operation {
    private final TokenAdministration administration;

    RevokeToken(TokenAdministration administration) {
        this.administration = administration;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        administration.requireOwner(call);
        String id = call.path().getOrDefault("token_id", "").toLowerCase(Locale.ROOT);
        return administration.changes().revokeToken(id).map(revoked -> Envelope.of(administration.view(revoked)));
    }
}
