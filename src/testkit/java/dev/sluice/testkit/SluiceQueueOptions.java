package dev.sluice.testkit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A queue to create, with a pull consumer. Immutable; each method returns a copy with one more setting. */
public final class SluiceQueueOptions {
    private final String name;
    private final Map<String, Object> settings;
    private final Map<String, Object> consumerSettings;
    private final String deadLetterQueue;

    private SluiceQueueOptions(
            String name, Map<String, Object> settings, Map<String, Object> consumerSettings, String deadLetterQueue) {
        this.name = name;
        this.settings = settings;
        this.consumerSettings = consumerSettings;
        this.deadLetterQueue = deadLetterQueue;
    }

    /** A queue with the default settings. */
    public static SluiceQueueOptions named(String name) {
        return new SluiceQueueOptions(name, Map.of(), Map.of(), null);
    }

    /** Deliveries after the first one. */
    public SluiceQueueOptions maxRetries(int retries) {
        return withConsumer("max_retries", retries);
    }

    /** Delay of a retry that names none. */
    public SluiceQueueOptions retryDelay(Duration delay) {
        return withConsumer("retry_delay", delay.toSeconds());
    }

    /** Length of a lease. */
    public SluiceQueueOptions visibilityTimeout(Duration timeout) {
        return withConsumer("visibility_timeout_ms", timeout.toMillis());
    }

    /** Delay of messages that name none. */
    public SluiceQueueOptions deliveryDelay(Duration delay) {
        return withSetting("delivery_delay", delay.toSeconds());
    }

    /** How long a message is kept. */
    public SluiceQueueOptions retention(Duration period) {
        return withSetting("message_retention_period", period.toSeconds());
    }

    /** Where messages go after their last delivery; created with a pull consumer if it is not declared. */
    public SluiceQueueOptions deadLetterQueue(String queue) {
        return new SluiceQueueOptions(name, settings, consumerSettings, queue);
    }

    private SluiceQueueOptions withSetting(String field, Object value) {
        return new SluiceQueueOptions(name, with(settings, field, value), consumerSettings, deadLetterQueue);
    }

    private SluiceQueueOptions withConsumer(String field, Object value) {
        return new SluiceQueueOptions(name, settings, with(consumerSettings, field, value), deadLetterQueue);
    }

    private static Map<String, Object> with(Map<String, Object> fields, String field, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(fields);
        copy.put(field, value);
        return copy;
    }

    /** The value of the configuration key {@code queues}. JSON is YAML. */
    static String declarations(List<SluiceQueueOptions> queues) {
        Map<String, SluiceQueueOptions> byName = new LinkedHashMap<>();
        queues.forEach(queue -> byName.put(queue.name, queue));
        for (SluiceQueueOptions queue : queues) {
            if (queue.deadLetterQueue != null) {
                byName.computeIfAbsent(queue.deadLetterQueue, SluiceQueueOptions::named);
            }
        }
        JsonArray declarations = new JsonArray();
        byName.values().forEach(queue -> declarations.add(queue.declaration()));
        return declarations.encode();
    }

    private JsonObject declaration() {
        JsonObject consumer =
                new JsonObject().put("type", "http_pull").put("settings", new JsonObject(consumerSettings));
        if (deadLetterQueue != null) {
            consumer.put("dead_letter_queue", deadLetterQueue);
        }
        return new JsonObject()
                .put("name", name)
                .put("settings", new JsonObject(settings))
                .put("consumer", consumer);
    }
}
