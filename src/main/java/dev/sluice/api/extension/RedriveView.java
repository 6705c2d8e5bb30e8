package dev.sluice.api.extension;

import dev.sluice.api.control.Timestamps;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.redrive.Redrive;
import io.vertx.core.json.JsonObject;

/** A redrive as JSON (openapi/extensions.yaml). */
final class RedriveView {
    private final Catalog catalog;
    private final ContinuousClock clock;

    RedriveView(Catalog catalog, ContinuousClock clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    JsonObject of(Redrive redrive) {
        QueueDefinition destination = catalog.findByNumber(redrive.spec().destinationNumber());
        return new JsonObject()
                .put("redrive_id", redrive.id())
                .put("queue_id", redrive.queueId())
                .put("queue_name", redrive.queueName())
                .put("destination_queue_id", destination == null ? null : destination.queueId())
                .put("destination_queue_name", destination == null ? null : destination.name())
                .put("status", redrive.status().wireName())
                .put("reason", redrive.reason().isEmpty() ? null : redrive.reason())
                .put("moved", redrive.moved())
                .put("skipped", redrive.skipped())
                .put(
                        "limit",
                        redrive.spec().limit() == 0 ? null : redrive.spec().limit())
                .put(
                        "messages_per_second",
                        redrive.spec().perSecond() == 0 ? null : redrive.spec().perSecond())
                .put("started_on", Timestamps.ofMillis(clock.wallMillis(redrive.startedMillis())))
                .put(
                        "ended_on",
                        redrive.isRunning() ? null : Timestamps.ofMillis(clock.wallMillis(redrive.endedMillis())));
    }
}
