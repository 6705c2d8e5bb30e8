package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.Page;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.BacklogReader;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.Future;

/** Lists the queues of an account with backlogs, totals and rates, without activating one. */
public final class ListBacklogs implements Operation {
    private static final int PER_PAGE_DEFAULT = 100;
    private static final int PER_PAGE_MAX = 1000;

    private final Catalog catalog;
    private final BacklogReader backlogs;
    private final BacklogView view;

    ListBacklogs(Catalog catalog, BacklogReader backlogs, BacklogView view) {
        this.catalog = catalog;
        this.backlogs = backlogs;
        this.view = view;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        Page<QueueDefinition> page =
                Page.of(catalog.list(call.accountId()), call.query(), PER_PAGE_DEFAULT, PER_PAGE_MAX);
        return backlogs.read(page.items())
                .map(read -> Envelope.list(new Page<>(read, page.number(), page.size(), page.totalCount()), view::of));
    }
}
