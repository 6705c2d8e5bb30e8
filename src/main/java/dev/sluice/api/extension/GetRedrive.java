package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.redrive.Redrive;
import dev.sluice.runtime.redrive.Redrives;
import io.vertx.core.Future;

/** Shows how far a redrive is. */
public final class GetRedrive implements Operation {
    private final Redrives redrives;
    private final RedriveView view;

    GetRedrive(Redrives redrives, RedriveView view) {
        this.redrives = redrives;
        this.view = view;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return Future.succeededFuture(Envelope.of(view.of(find(redrives, call))));
    }

    /** The redrive of the path. */
    static Redrive find(Redrives redrives, OperationCall call) {
        Redrive redrive = redrives.find(call.accountId(), call.path().getOrDefault("redrive_id", ""));
        if (redrive == null) {
            throw new QueueException(QueueError.RESOURCE_UNKNOWN);
        }
        return redrive;
    }
}
