package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;

/** Shows an account that the caller may use, with or without queues (docs/api.md 9). */
public final class GetAccount implements Operation {
    @Override
    public Future<Response> handle(OperationCall call) {
        return Future.succeededFuture(Envelope.of(AccessibleAccounts.view(call.accountId())));
    }
}
