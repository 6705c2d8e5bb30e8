package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.queue.Metrics;
import dev.sluice.runtime.ContinuousClock;
import dev.sluice.runtime.QueueClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Shows the backlog of a queue (reference 4). */
public final class GetMetrics implements Operation {
    private final QueueClient queues;
    private final ContinuousClock clock;

    /** An operation on these, whose times the clock shows. */
    public GetMetrics(QueueClient queues, ContinuousClock clock) {
        this.queues = queues;
        this.clock = clock;
    }

    @Override
    public String operationId() {
        return "queues-get-metrics";
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public Future<Answer> answer(Call call) {
        return queues.metrics(call.queue()).map(metrics -> Envelope.of(view(metrics)));
    }

    private JsonObject view(Metrics metrics) {
        return new JsonObject()
                .put("backlog_count", metrics.backlogCount())
                .put("backlog_bytes", metrics.backlogBytes())
                .put("oldest_message_timestamp_ms", clock.wallMillis(metrics.oldestTimestampMillis()));
    }
}
