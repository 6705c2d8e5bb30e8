package dev.sluice.api;

import dev.sluice.api.http.Response;
import dev.sluice.config.Access;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** An operation whose behaviour a test defines. */
record StubOperation(boolean respondsWithMessages, Function<OperationCall, Future<Response>> behaviour)
        implements Operation {
    /** A stub with the properties of that operation. */
    static OperationBinding of(String operationId, Access access, Function<OperationCall, Future<Response>> behaviour) {
        boolean respondsWithMessages = operationId.matches("queues-(pull|peek|preview)-messages");
        return new OperationBinding(operationId, access, new StubOperation(respondsWithMessages, behaviour), null);
    }

    /** A stub for each operation of the contract and of the queue binding. */
    static List<OperationBinding> forAll(Contract contract) {
        List<OperationBinding> all = new ArrayList<>();
        Stream.of(contract.routes(), BindingRoutes.ALL, ExtensionRoutes.ALL)
                .flatMap(List::stream)
                .forEach(route -> all.add(of(route.operationId(), Access.READ, call -> Future.failedFuture("unused"))));
        return all;
    }

    /** The route table of the contract, with a stub for each operation. */
    static RouteTable table() {
        Contract contract = ContractResponses.shared().contract();
        return RouteTable.of(contract, forAll(contract), new Meters());
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return behaviour.apply(call);
    }
}
