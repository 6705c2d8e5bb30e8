package dev.sluice.api;

import dev.sluice.api.auth.Access;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import java.util.function.Function;

/** An operation whose behaviour a test defines. */
record StubOperation(String operationId, Access access, Function<OperationCall, Future<Response>> behaviour)
        implements Operation {
    @Override
    public boolean respondsWithMessages() {
        return operationId.matches("queues-(pull|peek|preview)-messages");
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return behaviour.apply(call);
    }
}
