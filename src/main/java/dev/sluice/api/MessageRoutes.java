package dev.sluice.api;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * A short way for the operations on messages, in front of the router: it recognises their paths when these are written in the
 * plainest form, and leaves everything else to the router. Its routes come from the contract, and it hands over to the same
 * gateway, so both ways answer alike; a test holds them to that.
 *
 * <p>Matching a path against all routes of the contract costs more than everything else a push does before the bus.
 */
final class MessageRoutes {
    private static final String ACCOUNTS = "/accounts/";
    private static final String QUEUES = "/queues/";
    /** Enough for ten thousand queues; about 10 MB if they are all in use. */
    private static final int RECENT_MAX = 16 * 1024;

    private static final String TEMPLATE_START = "/accounts/{account_id}/queues/{queue_id}";

    private final String prefix;
    private final Gateway gateway;
    private final Map<String, Binding> byRest = new HashMap<>();
    /** Taking a path apart costs more than remembering it; clients use the same few again and again. */
    private final Map<String, Target> recent = new HashMap<>();

    /** The last of them: comparing two paths is cheaper than hashing one. */
    private String lastUri = "";

    private Target last;
    private String lastAccountId;

    /** The short way to those of the bindings whose route is a POST below the messages of a queue. */
    MessageRoutes(Contract contract, Gateway gateway, Collection<Binding> bindings) {
        this.prefix = contract.basePath() + ACCOUNTS;
        this.gateway = gateway;
        for (Binding binding : bindings) {
            Route route = binding.route();
            if (route.family() == Route.Family.MESSAGES
                    && route.method().equals(HttpMethod.POST)
                    && route.template().startsWith(TEMPLATE_START)) {
                byRest.put(route.template().substring(TEMPLATE_START.length()), binding);
            }
        }
    }

    /** Serves the request if its path is one of these; otherwise answers false and has touched nothing. */
    boolean serve(HttpServerRequest request) {
        if (request.method() != HttpMethod.POST) {
            return false;
        }
        String uri = request.uri();
        if (!uri.equals(lastUri)) {
            Target target = recall(uri);
            if (target == null) {
                return false;
            }
            lastUri = uri;
            last = target;
        }
        gateway.serve(last.binding, request, last.place);
        return true;
    }

    private Target recall(String uri) {
        Target target = recent.get(uri);
        if (target == null) {
            target = find(uri);
            if (target != null) {
                if (recent.size() >= RECENT_MAX) {
                    recent.clear();
                }
                recent.put(uri, target);
            }
        }
        return target;
    }

    /** What the path leads to, or null if it is not one of these. */
    Target find(String uri) {
        int accountAt = prefix.length();
        int accountEnd = uri.indexOf('/', accountAt);
        if (accountEnd < 0 || !uri.startsWith(prefix) || !uri.startsWith(QUEUES, accountEnd)) {
            return null;
        }
        int queueAt = accountEnd + QUEUES.length();
        int queueEnd = uri.indexOf('/', queueAt);
        Binding binding = queueEnd < 0 ? null : byRest.get(uri.substring(queueEnd));
        if (binding == null) {
            return null;
        }
        String accountId = Identifiers.normalize(uri.substring(accountAt, accountEnd));
        String queueId = Identifiers.normalize(uri.substring(queueAt, queueEnd));
        if (accountId == null || queueId == null) {
            return null;
        }
        Map<String, String> path = Map.of("account_id", accountId, "queue_id", queueId);
        return new Target(binding, new Place(known(accountId), queueId, path));
    }

    /** The same string for paths of the same account, so that it is in the processor's cache when the next queue's turn comes. */
    private String known(String accountId) {
        if (!accountId.equals(lastAccountId)) {
            lastAccountId = accountId;
        }
        return lastAccountId;
    }

    /** What a path leads to, which never changes. */
    record Target(Binding binding, Place place) {}
}
