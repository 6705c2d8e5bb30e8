package dev.sluice.api.control;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import io.vertx.core.json.JsonObject;

/**
 * A consumer as JSON (docs/api.md 5.1). The name of a Worker appears twice, because clients differ in which key they
 * read. There is never a {@code service}, because wrangler would then look for one.
 */
public final class ConsumerView {
    private ConsumerView() {}

    public static JsonObject of(QueueDefinition queue, Consumer consumer) {
        JsonObject view = new JsonObject()
                .put("consumer_id", consumer.consumerId())
                .put("type", consumer.type().wireName())
                .put("queue_id", queue.queueId())
                .put("queue_name", queue.name())
                .put("created_on", Timestamps.ofMicros(consumer.createdMicros()));
        if (consumer.type() == ConsumerType.WORKER) {
            view.put("script", consumer.scriptName()).put("script_name", consumer.scriptName());
        }
        return view.put("dead_letter_queue", consumer.deadLetterQueue())
                .put("settings", settings(consumer.type(), consumer.settings()));
    }

    private static JsonObject settings(ConsumerType type, ConsumerSettings settings) {
        JsonObject view = new JsonObject()
                .put("batch_size", settings.batchSize())
                .put("max_retries", settings.maxRetries())
                .put("retry_delay", settings.retryDelaySeconds());
        if (type == ConsumerType.HTTP_PULL) {
            return view.put("visibility_timeout_ms", settings.visibilityTimeoutMillis());
        }
        Integer concurrency = settings.maxConcurrency() == ConsumerSettings.CONCURRENCY_UNSET
                ? null
                : Integer.valueOf(settings.maxConcurrency());
        return view.put("max_wait_time_ms", settings.maxWaitTimeMillis()).put("max_concurrency", concurrency);
    }
}
