package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Shows the user of the credentials (docs/api.md 9). */
public final class GetUser implements Operation {
    @Override
    public EdgeError authenticationError() {
        return EdgeError.NO_USER;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        Principal caller = call.caller();
        if (caller.email().isEmpty()) {
            throw new EdgeException(EdgeError.NO_USER);
        }
        JsonObject user =
                new JsonObject().put("id", DerivedId.of("user", caller.email())).put("email", caller.email());
        return Future.succeededFuture(Envelope.of(user));
    }
}
