package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;

/** Shows a queue (docs/api.md 3.4). */
public final class GetQueue implements Operation {
    @Override
    public Future<Response> handle(OperationCall call) {
        return Future.succeededFuture(Envelope.of(QueueView.of(call.queue())));
    }
}
