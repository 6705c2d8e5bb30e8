package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Confirms that the credentials are valid (docs/api.md 9). Invalid ones are refused before this is called. */
public final class VerifyToken implements Operation {
    @Override
    public EdgeError authenticationError() {
        return EdgeError.TOKEN_INVALID;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject token = new JsonObject()
                .put("id", DerivedId.of("token", call.caller().name()))
                .put("status", "active");
        return Future.succeededFuture(Envelope.of(token));
    }
}
