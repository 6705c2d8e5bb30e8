package dev.sluice.api;

import io.vertx.core.Future;
import java.util.function.Function;

/** An operation that a test makes up. */
record StubOperation(String operationId, Access access, Function<Call, Future<Answer>> behaviour) implements Operation {
    @Override
    public boolean answersWithMessages() {
        return operationId.matches("queues-(pull|peek|preview)-messages");
    }

    @Override
    public Future<Answer> answer(Call call) {
        return behaviour.apply(call);
    }
}
