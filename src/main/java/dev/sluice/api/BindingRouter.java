package dev.sluice.api;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Routes the requests of workerd's queue binding (docs/workers.md, {@code openapi/binding.yaml}). Account and queue are
 * in headers, because the path of such a request is fixed: {@code /message}, {@code /batch} or {@code /metrics}. These
 * paths exist below {@link BindingRoutes#BASE_PATH}, and at the root for requests that name a queue in a header. workerd cannot add
 * a prefix to the path, but it can add headers.
 *
 * <p>Owned by one event loop.
 */
final class BindingRouter {
    private static final CharSequence ACCOUNT_ID = HttpHeaders.createOptimized("sluice-account-id");
    private static final CharSequence QUEUE = HttpHeaders.createOptimized("sluice-queue");

    private final Gateway gateway;
    private final RouteTable.Row[] rows;

    /** The queue of the request before. */
    private RequestPath last = RequestPath.ofName("", "");

    BindingRouter(RouteTable routes, Gateway gateway) {
        this.gateway = gateway;
        this.rows = routes.bindingRows().toArray(RouteTable.Row[]::new);
    }

    /** Serves the request if it is one of the queue binding. Otherwise returns false and has no effect. */
    boolean serve(HttpServerRequest request) {
        RouteTable.Row row = row(request);
        if (row == null) {
            return false;
        }
        if (!request.method().equals(row.route().method())) {
            request.response().putHeader(HttpHeaders.ALLOW, row.route().method().name());
            gateway.fail(row, request, new EdgeException(EdgeError.METHOD_NOT_ALLOWED));
            return true;
        }
        RequestPath path = path(request);
        if (path == null) {
            gateway.fail(
                    row,
                    request,
                    new EdgeException(
                            EdgeError.ROUTE_UNKNOWN,
                            "Expected the account id, 32 hexadecimal digits, in the header sluice-account-id and the"
                                    + " name or id of a queue in the header sluice-queue."));
            return true;
        }
        gateway.serve(row, request, path);
        return true;
    }

    private RouteTable.@Nullable Row row(HttpServerRequest request) {
        String path = request.path();
        if (path == null) {
            return null;
        }
        int start = path.startsWith(BindingRoutes.BASE_PATH) ? BindingRoutes.BASE_PATH.length() : 0;
        for (RouteTable.Row row : rows) {
            String template = row.route().template();
            if (path.length() == start + template.length() && path.startsWith(template, start)) {
                return start > 0 || request.headers().contains(QUEUE) ? row : null;
            }
        }
        return null;
    }

    /** The queue that the headers identify, or null if one is missing or the account id is malformed. */
    private @Nullable RequestPath path(HttpServerRequest request) {
        String account = request.getHeader(ACCOUNT_ID);
        String queue = request.getHeader(QUEUE);
        if (account == null || queue == null || queue.isEmpty()) {
            return null;
        }
        if (account.equals(last.accountId()) && queue.equals(last.queueId())) {
            return last;
        }
        String accountId = Identifiers.normalize(account);
        if (accountId == null) {
            return null;
        }
        last = RequestPath.ofName(accountId, queue);
        return last;
    }
}
