package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Access;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Says that the credentials are good, as they are if this is reached (docs/api.md 9). */
public final class VerifyToken implements Operation {
    @Override
    public String operationId() {
        return "user-tokens-verify";
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public EdgeError refusal() {
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
