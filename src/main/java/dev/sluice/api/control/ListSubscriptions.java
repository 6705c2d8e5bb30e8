package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.Page;
import dev.sluice.api.http.Response;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lists event subscriptions, sorted and filtered (docs/api.md 8). */
public final class ListSubscriptions implements Operation {
    private static final int PER_PAGE_DEFAULT = 20;
    private static final int PER_PAGE_MAX = 100;
    private static final Comparator<Subscription> BY_AGE =
            Comparator.comparingLong(Subscription::createdMicros).thenComparing(Subscription::id);

    private final Catalog catalog;

    public ListSubscriptions(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        MultiMap query = call.query();
        String queueId = query.get("queue_id");
        List<Subscription> subscriptions = catalog.listSubscriptions(call.accountId());
        if (queueId != null) {
            subscriptions = subscriptions.stream()
                    .filter(each -> each.queueId().equalsIgnoreCase(queueId))
                    .toList();
        }
        List<Subscription> sorted =
                subscriptions.stream().sorted(order(query, subscriptions)).toList();
        return Future.succeededFuture(
                Envelope.list(Page.of(sorted, query, PER_PAGE_DEFAULT, PER_PAGE_MAX), SubscriptionView::of));
    }

    private static Comparator<Subscription> order(MultiMap query, List<Subscription> subscriptions) {
        String order = query.get("order");
        Comparator<Subscription> comparator =
                switch (order == null ? "" : order) {
                    case "name" -> Comparator.comparing(Subscription::name).thenComparing(BY_AGE);
                    case "enabled" ->
                        Comparator.comparing(Subscription::enabled).thenComparing(BY_AGE);
                    case "source" -> bySourceType(subscriptions).thenComparing(BY_AGE);
                    default -> BY_AGE;
                };
        return "desc".equals(query.get("direction")) ? comparator.reversed() : comparator;
    }

    /** Parses each source once, and not for every comparison. */
    private static Comparator<Subscription> bySourceType(List<Subscription> subscriptions) {
        Map<String, String> typesById =
                subscriptions.stream().collect(Collectors.toMap(Subscription::id, ListSubscriptions::sourceType));
        return Comparator.comparing(subscription -> typesById.get(subscription.id()));
    }

    private static String sourceType(Subscription subscription) {
        return new JsonObject(subscription.sourceJson()).getString("type");
    }
}
