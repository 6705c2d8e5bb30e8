package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/** Brings an account back to its state after the start (openapi/development.yaml). Exists in development mode only. */
public final class ResetAccount implements Operation {
    private final Function<String, Future<Integer>> reset;

    /**
     * @param reset resets the account with that id; returns the number of its queues
     */
    public ResetAccount(Function<String, Future<Integer>> reset) {
        this.reset = reset;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return reset.apply(call.accountId()).map(queues -> Envelope.of(new JsonObject().put("queues", queues)));
    }
}
