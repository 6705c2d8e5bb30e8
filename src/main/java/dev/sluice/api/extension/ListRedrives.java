package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.Page;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.redrive.Redrives;
import io.vertx.core.Future;

/** Lists the redrives of a queue, the latest first. */
public final class ListRedrives implements Operation {
    private static final int PER_PAGE_DEFAULT = 20;
    private static final int PER_PAGE_MAX = 100;

    private final Redrives redrives;
    private final RedriveView view;

    ListRedrives(Redrives redrives, RedriveView view) {
        this.redrives = redrives;
        this.view = view;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return Future.succeededFuture(Envelope.list(
                Page.of(redrives.list(call.queue()), call.query(), PER_PAGE_DEFAULT, PER_PAGE_MAX), view::of));
    }
}
