package dev.sluice.api;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A short way for the operations on messages, in front of the router: it recognises their paths when these are written in the
 * plainest form, and leaves everything else to the router. Its routes come from the contract, and it hands over to the same
 * gateway, so both ways answer alike; a test holds them to that.
 *
 * <p>Matching a path against all routes of the contract costs more than everything else a push does before the bus. Both ids have a
 * fixed length, so every part of such a path has a fixed position. Nothing is remembered but the last queue; the catalog finds the others.
 * Owned by one event loop.
 */
final class MessageRouter {
    private static final String ACCOUNTS = "/accounts/";
    private static final String QUEUES = "/queues/";
    private static final String TEMPLATE_START = "/accounts/{account_id}/queues/{queue_id}";

    private record Target(String rest, OperationBinding binding) {}

    private final String prefix;
    private final int accountAt;
    private final int accountEnd;
    private final int queueAt;
    private final int queueEnd;
    private final Gateway gateway;
    private final Target[] targets;

    /** The place of the request before: consumers and producers of one queue come in runs. */
    private RequestPath last = new RequestPath("", "", Map.of());

    /** The short way to those of the bindings whose route is a POST below the messages of a queue. */
    MessageRouter(Contract contract, Gateway gateway, Collection<OperationBinding> bindings) {
        this.prefix = contract.basePath() + ACCOUNTS;
        this.accountAt = prefix.length();
        this.accountEnd = accountAt + Identifiers.LENGTH;
        this.queueAt = accountEnd + QUEUES.length();
        this.queueEnd = queueAt + Identifiers.LENGTH;
        this.gateway = gateway;
        List<Target> found = new ArrayList<>();
        for (OperationBinding binding : bindings) {
            Route route = binding.route();
            if (route.family() == Route.RouteScope.MESSAGES
                    && route.method().equals(HttpMethod.POST)
                    && route.template().startsWith(TEMPLATE_START)) {
                found.add(new Target(route.template().substring(TEMPLATE_START.length()), binding));
            }
        }
        this.targets = found.toArray(Target[]::new);
    }

    /** Serves the request if its path is one of these; otherwise answers false and has touched nothing. */
    boolean serve(HttpServerRequest request) {
        if (request.method() != HttpMethod.POST) {
            return false;
        }
        String uri = request.uri();
        OperationBinding binding = binding(uri);
        RequestPath place = binding == null ? null : place(uri);
        if (place == null) {
            return false;
        }
        gateway.serve(binding, request, place);
        return true;
    }

    /** The operation whose path has that beginning, these separators and that end, or null; the ids are not looked at. */
    OperationBinding binding(String uri) {
        int restLength = uri.length() - queueEnd;
        if (restLength <= 0 || !uri.startsWith(QUEUES, accountEnd) || !uri.startsWith(prefix)) {
            return null;
        }
        for (Target target : targets) {
            if (target.rest.length() == restLength && uri.startsWith(target.rest, queueEnd)) {
                return target.binding;
            }
        }
        return null;
    }

    /** What a path that has a binding names, or null if that are no ids. */
    RequestPath place(String uri) {
        String account = uri.substring(accountAt, accountEnd);
        String queue = uri.substring(queueAt, queueEnd);
        boolean sameAccount = account.equals(last.accountId());
        if (sameAccount && queue.equals(last.queueId())) {
            return last;
        }
        // The same string for all queues of an account has its hash already.
        String accountId = sameAccount ? last.accountId() : Identifiers.normalize(account);
        String queueId = Identifiers.normalize(queue);
        if (accountId == null || queueId == null) {
            return null;
        }
        last = new RequestPath(accountId, queueId, Map.of());
        return last;
    }
}
