package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Deletes all messages of a queue, if the request contains the confirmation (docs/api.md 7.1). */
public final class StartPurge implements Operation {
    private final QueueClient queues;
    private final ContinuousClock clock;

    public StartPurge(QueueClient queues, ContinuousClock clock) {
        this.queues = queues;
        this.clock = clock;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        JsonObject body = JsonBody.read(call.body());
        if (!Boolean.TRUE.equals(body.getValue("delete_messages_permanently"))) {
            throw new QueueException(
                    QueueError.REQUEST_INVALID,
                    "A purge cannot be undone: confirm it with \"delete_messages_permanently\": true.");
        }
        return queues.purge(call.queue())
                .map(millis -> Envelope.of(QueueView.of(call.queue())
                        .put("started_at", Timestamps.ofMillis(clock.wallMillis(millis)))
                        .put("complete", true)));
    }
}
