package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Shows when a queue was purged last (docs/api.md 7.2). */
public final class GetPurge implements Operation {
    private final QueueClient queues;
    private final ContinuousClock clock;

    public GetPurge(QueueClient queues, ContinuousClock clock) {
        this.queues = queues;
        this.clock = clock;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return queues.lastPurge(call.queue()).map(millis -> Envelope.of(view(clock.wallMillis(millis))));
    }

    /** A purge is complete when its response is sent, so the last one always is. Clients expect that as a string. */
    private static JsonObject view(long millis) {
        return millis == 0
                ? new JsonObject()
                : new JsonObject().put("completed", "true").put("started_at", Timestamps.ofMillis(millis));
    }
}
