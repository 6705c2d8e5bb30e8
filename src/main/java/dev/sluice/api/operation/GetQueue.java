package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.QueueView;
import io.vertx.core.Future;

/** Shows a queue (reference 3.4). */
public final class GetQueue implements Operation {
    @Override
    public String operationId() {
        return "queues-get";
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public Future<Answer> answer(Call call) {
        return Future.succeededFuture(Envelope.of(QueueView.of(call.queue())));
    }
}
