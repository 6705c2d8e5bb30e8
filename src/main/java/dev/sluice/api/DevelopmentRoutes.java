package dev.sluice.api;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * The routes of development mode, as in {@code openapi/development.yaml}; a test compares them. They exist only if the
 * server has operations for them.
 */
public final class DevelopmentRoutes {
    /** Before the templates of all routes. */
    public static final String BASE_PATH = "/sluice/v1";

    public static final List<Route> ALL = List.of(
            new Route("accounts-reset", HttpMethod.POST, "/accounts/{account_id}/reset", Route.RouteScope.ACCOUNT));

    private DevelopmentRoutes() {}
}
