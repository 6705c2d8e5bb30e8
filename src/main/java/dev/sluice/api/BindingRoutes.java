package dev.sluice.api;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * The routes of workerd's queue binding, as in {@code openapi/binding.yaml}; a test compares them. They are few, and
 * parsing the document at every start would take time.
 */
public final class BindingRoutes {
    /** Before the templates of all routes. */
    public static final String BASE_PATH = "/sluice/v1/binding";

    public static final List<Route> ALL = List.of(
            new Route("binding-send", HttpMethod.POST, "/message", Route.RouteScope.MESSAGES),
            new Route("binding-send-batch", HttpMethod.POST, "/batch", Route.RouteScope.MESSAGES),
            new Route("binding-metrics", HttpMethod.GET, "/metrics", Route.RouteScope.MESSAGES));

    private BindingRoutes() {}
}
