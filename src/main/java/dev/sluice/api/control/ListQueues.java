package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.Page;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Lists the queues of an account, filtered by exact name (docs/api.md 3.2). */
public final class ListQueues implements Operation {
    /** Many clients read only the first page, so it is large. */
    private static final int PER_PAGE_DEFAULT = 100;

    private static final int PER_PAGE_MAX = 1000;
    private static final Comparator<QueueDefinition> BY_AGE =
            Comparator.comparingLong(QueueDefinition::createdMicros).thenComparing(QueueDefinition::queueId);

    private final Catalog catalog;

    public ListQueues(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        List<String> names = call.query().getAll("name");
        List<QueueDefinition> queues =
                names.isEmpty() ? catalog.list(call.accountId()) : named(call.accountId(), names);
        return Future.succeededFuture(
                Envelope.list(Page.of(queues, call.query(), PER_PAGE_DEFAULT, PER_PAGE_MAX), QueueView::of));
    }

    /** Each queue once, even if its name is repeated, in the order of the whole list. */
    private List<QueueDefinition> named(String accountId, List<String> names) {
        return names.stream()
                .distinct()
                .map(name -> catalog.findByName(accountId, name))
                .filter(Objects::nonNull)
                .sorted(BY_AGE)
                .toList();
    }
}
