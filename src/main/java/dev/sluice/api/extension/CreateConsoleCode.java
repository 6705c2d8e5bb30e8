package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.ConsoleSessions;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** Makes a one-time code with which the console opens with the rights of the caller. */
public final class CreateConsoleCode implements Operation {
    private final ConsoleSessions sessions;

    CreateConsoleCode(ConsoleSessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return Future.succeededFuture(Envelope.of(new JsonObject()
                .put("code", sessions.newCode(call.caller()))
                .put("expires_in_seconds", TimeUnit.MINUTES.toSeconds(ConsoleSessions.CODE_MINUTES))));
    }
}
