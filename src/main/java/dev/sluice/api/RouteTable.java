package dev.sluice.api;

import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.metrics.RequestMeter;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All operations of the contracts, each once, with the class that implements it. Made once at start; every router is built from it. Immutable. Owned by one event loop, as the operations are.
 */
final class RouteTable {
    /**
     * One operation.
     *
     * @param meter counts the responses; the same for all event loops
     * @param place the node of a cluster that serves it
     */
    record Row(Route route, OperationBinding binding, RequestMeter meter, OperationPlace place) {}

    private final String basePath;
    private final List<Row> rows;
    private final List<Row> bindingRows;
    private final List<Row> extensionRows;

    private RouteTable(String basePath, List<Row> rows, List<Row> bindingRows, List<Row> extensionRows) {
        this.basePath = basePath;
        this.rows = rows;
        this.bindingRows = bindingRows;
        this.extensionRows = extensionRows;
    }

    /**
     * The table of a contract, of {@link BindingRoutes}, of {@link ExtensionRoutes}, and of those of {@link DevelopmentRoutes} that have a class.
     *
     * @throws IllegalStateException if another operation has no class, or a class no operation
     */
    static RouteTable of(Contract contract, Collection<OperationBinding> bindings, Meters meters) {
        Map<String, OperationBinding> byId = new HashMap<>();
        for (OperationBinding binding : bindings) {
            if (byId.put(binding.operationId(), binding) != null) {
                throw new IllegalStateException("two handlers for operation " + binding.operationId());
            }
        }
        List<Route> developmentRoutes = DevelopmentRoutes.ALL.stream()
                .filter(route -> byId.containsKey(route.operationId()))
                .toList();
        List<Route> extensionRoutes = Stream.of(ExtensionRoutes.ALL, developmentRoutes)
                .flatMap(List::stream)
                .toList();
        TreeSet<String> missing = Stream.of(contract.routes(), BindingRoutes.ALL, extensionRoutes)
                .flatMap(List::stream)
                .map(Route::operationId)
                .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> unknown = new TreeSet<>(byId.keySet());
        unknown.removeAll(missing);
        missing.removeAll(byId.keySet());
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalStateException("contract and handlers do not match: operations without a handler "
                    + missing + ", handlers without an operation " + unknown);
        }
        Function<Route, Row> row = route -> new Row(
                route,
                binding(byId, route),
                meters.requests(route.operationId()),
                placeOf(binding(byId, route), route));
        return new RouteTable(
                contract.basePath(),
                contract.routes().stream().map(row).toList(),
                BindingRoutes.ALL.stream().map(row).toList(),
                extensionRoutes.stream().map(row).toList());
    }

    private static OperationPlace placeOf(OperationBinding binding, Route route) {
        OperationPlace explicit = binding.place();
        return explicit == null ? OperationPlace.of(route) : explicit;
    }

    /** All operations. */
    Stream<Row> all() {
        return Stream.of(rows, bindingRows, extensionRows).flatMap(List::stream);
    }

    private static OperationBinding binding(Map<String, OperationBinding> byId, Route route) {
        return Objects.requireNonNull(byId.get(route.operationId()));
    }

    /** The base path of the templates of {@link #rows}, such as {@code /client/v4}. */
    String basePath() {
        return basePath;
    }

    /** The operations of the contract, in the order in which paths are matched. */
    List<Row> rows() {
        return rows;
    }

    /** The operations of the queue binding. */
    List<Row> bindingRows() {
        return bindingRows;
    }

    /** What Cloudflare does not have; with the operations of development mode if they exist. */
    List<Row> extensionRows() {
        return extensionRows;
    }
}
