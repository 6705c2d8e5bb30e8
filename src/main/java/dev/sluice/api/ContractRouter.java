package dev.sluice.api;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The general router: every request for an operation of the route table goes to the gateway. Other paths and methods get
 * their errors here.
 */
final class ContractRouter {
    private static final CharSequence YAML = HttpHeaders.createOptimized("application/yaml");
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final int[] ROUTER_FAILURES = {400, 404, 405, 500};

    private final Contract contract;
    private final RouteTable routes;
    private final Gateway gateway;
    private final Pages pages;

    ContractRouter(Contract contract, RouteTable routes, Gateway gateway) {
        this(contract, routes, gateway, Pages.NONE);
    }

    ContractRouter(Contract contract, RouteTable routes, Gateway gateway, Pages pages) {
        this.pages = pages;
        this.contract = contract;
        this.routes = routes;
        this.gateway = gateway;
    }

    /** Builds the router for that event loop. */
    Router build(Vertx vertx) {
        Router root = Router.router(vertx);
        root.get("/openapi.yaml").handler(this::serveContract);
        pages.addTo(root, gateway::respond);
        root.route(routes.basePath() + "/*").subRouter(operations(vertx, routes.rows()));
        root.route(DevelopmentRoutes.BASE_PATH + "/*").subRouter(operations(vertx, routes.extensionRows()));
        root.route().handler(rc -> fail(rc, new EdgeException(EdgeError.ROUTE_UNKNOWN)));
        for (int status : ROUTER_FAILURES) {
            root.errorHandler(status, rc -> failAsRouted(rc, status));
        }
        return root;
    }

    private Router operations(Vertx vertx, List<RouteTable.Row> rows) {
        Router router = Router.router(vertx);
        Map<String, Set<String>> methods = new LinkedHashMap<>();
        for (RouteTable.Row row : rows) {
            String path = PARAMETER.matcher(row.route().template()).replaceAll(":$1");
            HttpMethod method = row.route().method();
            methods.computeIfAbsent(path, first -> new TreeSet<>()).add(method.name());
            router.route(method, path).handler(rc -> gateway.serve(row, rc.request(), RequestPath.of(rc.pathParams())));
        }
        // Behind all operations, so that only other methods get here.
        methods.forEach((path, names) -> router.route(path).handler(rc -> failMethod(rc, String.join(", ", names))));
        return router;
    }

    private void failMethod(RoutingContext rc, String allowed) {
        rc.response().putHeader(HttpHeaders.ALLOW, allowed);
        fail(rc, new EdgeException(EdgeError.METHOD_NOT_ALLOWED));
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
        gateway.respond(rc.request(), contract.text());
    }
}
