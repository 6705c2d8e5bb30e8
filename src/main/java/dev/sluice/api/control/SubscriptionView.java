package dev.sluice.api.control;

import dev.sluice.queue.Subscription;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** An event subscription as JSON (docs/api.md 8). */
public final class SubscriptionView {
    /** The only supported type of destination. */
    public static final String DESTINATION_TYPE = "queues.queue";

    private SubscriptionView() {}

    public static JsonObject of(Subscription subscription) {
        JsonObject destination = new JsonObject().put("type", DESTINATION_TYPE).put("queue_id", subscription.queueId());
        return new JsonObject()
                .put("id", subscription.id())
                .put("created_at", Timestamps.ofMicros(subscription.createdMicros()))
                .put("modified_at", Timestamps.ofMicros(subscription.modifiedMicros()))
                .put("name", subscription.name())
                .put("enabled", subscription.enabled())
                .put("source", new JsonObject(subscription.sourceJson()))
                .put("destination", destination)
                .put("events", new JsonArray(subscription.events()));
    }
}
