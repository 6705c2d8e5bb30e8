package dev.sluice.api.control;

import dev.sluice.queue.QueueDefinition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** A queue as JSON (docs/api.md 3.1), with every field: some clients fail if one is missing. */
public final class QueueView {
    private QueueView() {}

    public static JsonObject of(QueueDefinition queue) {
        JsonArray consumers = new JsonArray();
        if (queue.consumer() != null) {
            consumers.add(ConsumerView.of(queue, queue.consumer()));
        }
        JsonObject settings = new JsonObject()
                .put("delivery_delay", queue.settings().deliveryDelaySeconds())
                .put("delivery_paused", queue.settings().deliveryPaused())
                .put("message_retention_period", queue.settings().retentionSeconds());
        JsonObject view = new JsonObject()
                .put("queue_id", queue.queueId())
                .put("queue_name", queue.name())
                .put("created_on", Timestamps.ofMicros(queue.createdMicros()))
                .put("modified_on", Timestamps.ofMicros(queue.modifiedMicros()))
                .put("settings", settings)
                .put("producers_total_count", 0)
                .put("producers", new JsonArray())
                .put("consumers_total_count", consumers.size())
                .put("consumers", consumers);
        return queue.jurisdiction().isEmpty() ? view : view.put("jurisdiction", queue.jurisdiction());
    }
}
