package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.redrive.Redrives;
import io.vertx.core.Future;

/** Ends a redrive after the messages that it is moving. What has moved stays moved. */
public final class CancelRedrive implements Operation {
    private final Redrives redrives;
    private final RedriveView view;

    CancelRedrive(Redrives redrives, RedriveView view) {
        this.redrives = redrives;
        this.view = view;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return redrives.cancel(GetRedrive.find(redrives, call)).map(ended -> Envelope.of(view.of(ended)));
    }
}
