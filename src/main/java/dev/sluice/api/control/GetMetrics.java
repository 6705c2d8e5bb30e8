package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.http.Response;
import dev.sluice.queue.BacklogStats;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Shows the backlog of a queue (docs/api.md 4). */
public final class GetMetrics implements Operation {
    private final QueueClient queues;
    private final ContinuousClock clock;

    public GetMetrics(QueueClient queues, ContinuousClock clock) {
        this.queues = queues;
        this.clock = clock;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        return queues.metrics(call.queue()).map(metrics -> Envelope.of(view(metrics)));
    }

    private JsonObject view(BacklogStats metrics) {
        return new JsonObject()
                .put("backlog_count", metrics.backlogCount())
                .put("backlog_bytes", metrics.backlogBytes())
                .put("oldest_message_timestamp_ms", clock.wallMillis(metrics.oldestTimestampMillis()));
    }
}
