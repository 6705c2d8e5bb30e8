package dev.sluice.api;

import dev.sluice.runtime.metrics.Meters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Binds the operations of the contract to their handlers. */
final class OperationBindings {
    private OperationBindings() {}

    /**
     * One binding per operation of the contract, in the order of its routes.
     *
     * @throws IllegalStateException if an operation of the contract has no handler, or a handler no operation
     */
    static List<OperationBinding> of(Contract contract, Collection<Operation> operations, Meters meters) {
        Map<String, Operation> handlers = match(contract, operations);
        List<OperationBinding> bindings = new ArrayList<>();
        for (Route route : contract.routes()) {
            String id = route.operationId();
            bindings.add(new OperationBinding(route, handlers.get(id), meters.requests(id)));
        }
        return bindings;
    }

    private static Map<String, Operation> match(Contract contract, Collection<Operation> operations) {
        Map<String, Operation> handlers = new HashMap<>();
        for (Operation operation : operations) {
            if (handlers.put(operation.operationId(), operation) != null) {
                throw new IllegalStateException("two handlers for operation " + operation.operationId());
            }
        }
        TreeSet<String> known =
                contract.routes().stream().map(Route::operationId).collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> missing = new TreeSet<>(known);
        missing.removeAll(handlers.keySet());
        TreeSet<String> unknown = new TreeSet<>(handlers.keySet());
        unknown.removeAll(known);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalStateException("contract and handlers do not match: operations without a handler "
                    + missing + ", handlers without an operation " + unknown);
        }
        return handlers;
    }
}
