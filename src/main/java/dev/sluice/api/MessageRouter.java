package dev.sluice.api;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fast router for the operations on messages, in front of the general router. It recognises their paths in their
 * plainest form and leaves all else to the general router. It is built from the same
 * route table and uses the same gateway, so both routers respond alike; a test compares them.
 *
 * <p>Matching a path against all routes of the contract costs more than all other steps of a push before the event bus.
 * Both ids have a fixed length, so every part of such a path has a fixed position. Only the last queue is remembered;
 * the catalog finds the others. Owned by one event loop.
 */
final class MessageRouter {
    private static final String ACCOUNTS = "/accounts/";
    private static final String QUEUES = "/queues/";
    private static final String TEMPLATE_START = "/accounts/{account_id}/queues/{queue_id}";

    private record MessageRoute(String suffix, RouteTable.Row row) {}

    private final String prefix;
    private final int accountAt;
    private final int accountEnd;
    private final int queueAt;
    private final int queueEnd;
    private final Gateway gateway;
    private final MessageRoute[] messageRoutes;

    /** The path of the request before. Requests for one queue tend to come in sequence. */
    private RequestPath last = new RequestPath("", "", Map.of());

    /** A router for those routes that are a POST below the messages of a queue. */
    MessageRouter(RouteTable routes, Gateway gateway) {
        this.prefix = routes.basePath() + ACCOUNTS;
        this.accountAt = prefix.length();
        this.accountEnd = accountAt + Identifiers.LENGTH;
        this.queueAt = accountEnd + QUEUES.length();
        this.queueEnd = queueAt + Identifiers.LENGTH;
        this.gateway = gateway;
        List<MessageRoute> matching = new ArrayList<>();
        for (RouteTable.Row row : routes.rows()) {
            Route route = row.route();
            if (route.scope() == Route.RouteScope.MESSAGES
                    && route.method().equals(HttpMethod.POST)
                    && route.template().startsWith(TEMPLATE_START)) {
                matching.add(new MessageRoute(route.template().substring(TEMPLATE_START.length()), row));
            }
        }
        this.messageRoutes = matching.toArray(MessageRoute[]::new);
    }

    /** Serves the request if it matches. Otherwise returns false and has no effect. */
    boolean serve(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.POST)) {
            return false;
        }
        String uri = request.uri();
        RouteTable.Row row = row(uri);
        RequestPath path = row == null ? null : requestPath(uri);
        if (row == null || path == null) {
            return false;
        }
        gateway.serve(row, request, path);
        return true;
    }

    /** The operation whose path has this beginning, these separators and this end, or null. Does not check the ids. */
    RouteTable.@Nullable Row row(String uri) {
        int suffixLength = uri.length() - queueEnd;
        if (suffixLength <= 0 || !uri.startsWith(QUEUES, accountEnd) || !uri.startsWith(prefix)) {
            return null;
        }
        for (MessageRoute each : messageRoutes) {
            if (each.suffix.length() == suffixLength && uri.startsWith(each.suffix, queueEnd)) {
                return each.row;
            }
        }
        return null;
    }

    /** The ids of a path that has an operation, or null if they are malformed. */
    @Nullable
    RequestPath requestPath(String uri) {
        String account = uri.substring(accountAt, accountEnd);
        String queue = uri.substring(queueAt, queueEnd);
        boolean sameAccount = account.equals(last.accountId());
        if (sameAccount && queue.equals(last.queueId())) {
            return last;
        }
        // All queues of an account share one string, whose hash is cached.
        String accountId = sameAccount ? last.accountId() : Identifiers.normalize(account);
        String queueId = Identifiers.normalize(queue);
        if (accountId == null || queueId == null) {
            return null;
        }
        last = new RequestPath(accountId, queueId, Map.of());
        return last;
    }
}
