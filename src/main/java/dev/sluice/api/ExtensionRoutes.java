package dev.sluice.api;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * The routes of what Cloudflare does not have, as in {@code openapi/extensions.yaml}; a test compares them. Their paths
 * are below {@link DevelopmentRoutes#BASE_PATH} too.
 */
public final class ExtensionRoutes {
    private static final String QUEUE = "/accounts/{account_id}/queues/{queue_id}";

    private static final String REDRIVE = "/accounts/{account_id}/redrives/{redrive_id}";

    public static final List<Route> ALL = List.of(
            route("caller-get", HttpMethod.GET, "/caller"),
            route("console-codes-create", HttpMethod.POST, "/console/codes"),
            route("tokens-list", HttpMethod.GET, "/tokens"),
            route("tokens-create", HttpMethod.POST, "/tokens"),
            route("tokens-revoke", HttpMethod.DELETE, "/tokens/{token_id}"),
            route("backlogs-list", HttpMethod.GET, "/accounts/{account_id}/queues"),
            route("backlogs-get", HttpMethod.GET, QUEUE),
            route("messages-browse", HttpMethod.GET, QUEUE + "/messages"),
            route("redrives-start", HttpMethod.POST, QUEUE + "/redrives"),
            route("redrives-list", HttpMethod.GET, QUEUE + "/redrives"),
            route("redrives-get", HttpMethod.GET, REDRIVE),
            route("redrives-cancel", HttpMethod.DELETE, REDRIVE));

    private ExtensionRoutes() {}

    private static Route route(String operationId, HttpMethod method, String template) {
        return new Route(operationId, method, template, Route.RouteScope.of(template));
    }
}
