package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.queue.QueueError;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Says that the credentials are good, as they are if this is reached (reference 9). */
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
    public QueueError refusal() {
        return QueueError.TOKEN_INVALID;
    }

    @Override
    public Future<Answer> answer(Call call) {
        JsonObject token = new JsonObject()
                .put("id", DerivedId.of("token", call.caller().name()))
                .put("status", "active");
        return Future.succeededFuture(Envelope.of(token));
    }
}
