package dev.sluice.api;

import dev.sluice.runtime.metrics.Meters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Binds the operations of the contracts to their handlers. */
final class OperationBindings {
    private OperationBindings() {}

    /**
     * One binding per route, in the order of the routes.
     *
     * @throws IllegalStateException if a route has no handler, or a handler no route
     */
    static List<OperationBinding> of(
            Collection<Route> routes, Collection<? extends Operation> operations, Meters meters) {
        Map<String, Operation> handlers = match(routes, operations);
        List<OperationBinding> bindings = new ArrayList<>();
        for (Route route : routes) {
            String id = route.operationId();
            bindings.add(new OperationBinding(route, handlers.get(id), meters.requests(id)));
        }
        return bindings;
    }

    private static Map<String, Operation> match(Collection<Route> routes, Collection<? extends Operation> operations) {
        Map<String, Operation> handlers = new HashMap<>();
        for (Operation operation : operations) {
            if (handlers.put(operation.operationId(), operation) != null) {
                throw new IllegalStateException("two handlers for operation " + operation.operationId());
            }
        }
        TreeSet<String> known = routes.stream().map(Route::operationId).collect(Collectors.toCollection(TreeSet::new));
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
