package dev.sluice.api;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Builds the router from the contract: each operation of the contract goes through the gateway to the handler of that id. What the
 * contract does not know is answered here.
 */
public final class ContractRouter {
    private static final CharSequence YAML = HttpHeaders.createOptimized("application/yaml");
    private static final int[] ROUTER_FAILURES = {400, 404, 405, 500};

    private final Contract contract;
    private final Gateway gateway;

    /** A router for that contract and gateway. */
    public ContractRouter(Contract contract, Gateway gateway) {
        this.contract = contract;
        this.gateway = gateway;
    }

    /**
     * Builds it.
     *
     * @throws IllegalStateException if an operation of the contract has no handler, or a handler no operation
     */
    public Router build(Vertx vertx, Collection<Operation> operations) {
        Router root = Router.router(vertx);
        root.get("/openapi.yaml").handler(this::serveContract);
        root.route(contract.basePath() + "/*").subRouter(contractRouter(vertx, match(operations)));
        root.route().handler(rc -> fail(rc, new QueueException(QueueError.ROUTE_UNKNOWN)));
        for (int status : ROUTER_FAILURES) {
            root.errorHandler(status, rc -> failAsRouted(rc, status));
        }
        return root;
    }

    private Router contractRouter(Vertx vertx, Map<String, Operation> handlers) {
        RouterBuilder builder = RouterBuilder.create(vertx, contract.openApi());
        for (Route route : contract.routes()) {
            Operation operation = handlers.get(route.operationId());
            OpenAPIRoute bound = builder.getRoute(route.operationId());
            bound.setDoValidation(false).setDoSecurity(false);
            bound.addHandler(rc -> gateway.serve(route, operation, rc.request(), rc.pathParams()));
        }
        Router router = builder.createRouter();
        router.route().handler(this::failUnmatched);
        return router;
    }

    private Map<String, Operation> match(Collection<Operation> operations) {
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

    /** No operation took it: either the path is unknown, or it does not go with this method. */
    private void failUnmatched(RoutingContext rc) {
        String path = rc.normalizedPath().substring(contract.basePath().length());
        List<HttpMethod> methods = contract.methodsOf(path);
        if (methods.isEmpty() || methods.contains(rc.request().method())) {
            fail(rc, new QueueException(QueueError.ROUTE_UNKNOWN));
        } else {
            String allowed = methods.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
            rc.response().putHeader(HttpHeaders.ALLOW, allowed);
            fail(rc, new QueueException(QueueError.METHOD_NOT_ALLOWED));
        }
    }

    /** The router itself failed, or something in it threw. */
    private void failAsRouted(RoutingContext rc, int status) {
        Throwable failure = rc.failure();
        if (failure == null) {
            failure = new HttpException(status);
        } else if (status == 400 && !(failure instanceof HttpException)) {
            failure = new QueueException(QueueError.HTTP_MALFORMED);
        }
        fail(rc, failure);
    }

    private void fail(RoutingContext rc, Throwable failure) {
        gateway.fail(rc.request(), failure);
    }

    private void serveContract(RoutingContext rc) {
        rc.response().putHeader(HttpHeaders.CONTENT_TYPE, YAML).end(contract.text());
    }
}
