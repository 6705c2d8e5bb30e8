package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.config.Access;
import dev.sluice.config.AuthConfig;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.util.Set;

/** Lists the tokens, without the tokens themselves or their hashes: first those of the configuration. */
public final class ListTokens implements Operation {
    private final TokenAdministration administration;

    ListTokens(TokenAdministration administration) {
        this.administration = administration;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        administration.requireOwner(call);
        JsonArray shown = new JsonArray();
        AuthConfig configured = administration.configured().get();
        configured.token().ifPresent(token -> shown.add(administration.view("auth.token", Set.of("*"), true)));
        configured
                .tokens()
                .forEach(token ->
                        shown.add(administration.view(token.name(), token.accounts(), token.access() == Access.WRITE)));
        administration.tokens().all().forEach(token -> shown.add(administration.view(token)));
        return Future.succeededFuture(Envelope.of(shown));
    }
}
