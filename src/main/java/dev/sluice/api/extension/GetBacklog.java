package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.BacklogReader;
import io.vertx.core.Future;
import java.util.List;

/** Shows the backlog, totals and rates of one queue, without activating it. */
public final class GetBacklog implements Operation {
    private final BacklogReader backlogs;
    private final BacklogView view;

    GetBacklog(BacklogReader backlogs, BacklogView view) {
        this.backlogs = backlogs;
        this.view = view;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return backlogs.read(List.of(call.queue())).map(read -> Envelope.of(view.of(read.get(0))));
    }
}
