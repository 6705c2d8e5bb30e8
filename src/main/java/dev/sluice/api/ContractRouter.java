package dev.sluice.api;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Builds the router from the contract. Each operation of the contract goes through the gateway to the handler with its
 * id. Other paths and methods get their errors here.
 */
final class ContractRouter {
    private static final CharSequence YAML = HttpHeaders.createOptimized("application/yaml");
    private static final int[] ROUTER_FAILURES = {400, 404, 405, 500};

    private final Contract contract;
    private final Gateway gateway;

    ContractRouter(Contract contract, Gateway gateway) {
        this.contract = contract;
        this.gateway = gateway;
    }

    /** Builds the router for that event loop. */
    Router build(Vertx vertx, Collection<OperationBinding> bindings) {
        Router root = Router.router(vertx);
        root.get("/openapi.yaml").handler(this::serveContract);
        root.route(contract.basePath() + "/*").subRouter(contractRouter(vertx, bindings));
        root.route().handler(rc -> fail(rc, new EdgeException(EdgeError.ROUTE_UNKNOWN)));
        for (int status : ROUTER_FAILURES) {
            root.errorHandler(status, rc -> failAsRouted(rc, status));
        }
        return root;
    }

    private Router contractRouter(Vertx vertx, Collection<OperationBinding> bindings) {
        RouterBuilder builder = RouterBuilder.create(vertx, contract.openApi());
        for (OperationBinding binding : bindings) {
            OpenAPIRoute bound = builder.getRoute(binding.route().operationId());
            bound.setDoValidation(false).setDoSecurity(false);
            bound.addHandler(rc -> gateway.serve(binding, rc.request(), RequestPath.of(rc.pathParams())));
        }
        Router router = builder.createRouter();
        router.route().handler(this::failUnmatched);
        return router;
    }

    /** No operation matched: either the path is unknown, or the method is not allowed for it. */
    private void failUnmatched(RoutingContext rc) {
        String path = rc.normalizedPath().substring(contract.basePath().length());
        List<HttpMethod> methods = contract.methodsOf(path);
        if (methods.isEmpty() || methods.contains(rc.request().method())) {
            fail(rc, new EdgeException(EdgeError.ROUTE_UNKNOWN));
        } else {
            String allowed = methods.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
            rc.response().putHeader(HttpHeaders.ALLOW, allowed);
            fail(rc, new EdgeException(EdgeError.METHOD_NOT_ALLOWED));
        }
    }

    /** The router itself failed, or one of its handlers threw an exception. */
    private void failAsRouted(RoutingContext rc, int status) {
        Throwable failure = rc.failure();
        if (failure == null) {
            failure = new HttpException(status);
        } else if (status == 400 && !(failure instanceof HttpException)) {
            failure = new EdgeException(EdgeError.HTTP_MALFORMED);
        }
        fail(rc, failure);
    }

    private void fail(RoutingContext rc, Throwable failure) {
        gateway.fail(rc.request(), failure);
    }

    private void serveContract(RoutingContext rc) {
        rc.response().putHeader(HttpHeaders.CONTENT_TYPE, YAML);
        gateway.responses().end(rc.request(), contract.text());
    }
}
