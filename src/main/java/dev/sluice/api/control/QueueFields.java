package dev.sluice.api.control;

import dev.sluice.api.Contract;
import dev.sluice.api.TypeValidator;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueName;
import dev.sluice.queue.QueueSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** Decodes the body of a request that changes a queue, and the {@code settings} of one that creates it. */
final class QueueFields {
    private final TypeValidator types;
    private final Limits limits;

    QueueFields(Contract contract, Limits limits) {
        this.types = contract.typeValidator("MqQueueUpdate");
        this.limits = limits;
    }

    /**
     * Decodes a change and checks its types, the name, and that the jurisdiction stays.
     *
     * @throws QueueException REQUEST_INVALID, QUEUE_NAME_INVALID or QUEUE_SETTINGS_INVALID
     */
    JsonObject read(Buffer request, QueueDefinition queue) {
        JsonObject body = JsonBody.read(request);
        types.check(body);
        String jurisdiction = Jurisdiction.of(body);
        if (!jurisdiction.isEmpty() && !jurisdiction.equals(queue.jurisdiction())) {
            throw new QueueException(
                    QueueError.QUEUE_SETTINGS_INVALID,
                    "jurisdiction is set when a queue is created and cannot change.");
        }
        if (name(body) != null) {
            QueueName.check(name(body));
        }
        return body;
    }

    /** The new name, null for none. */
    static String name(JsonObject body) {
        return body.getString("queue_name");
    }

    /**
     * The settings after the change, in range.
     *
     * @throws QueueException QUEUE_SETTINGS_INVALID
     */
    QueueSettings settings(JsonObject body, QueueSettings base) {
        QueueSettings settings = merge(body, base);
        settings.check(limits);
        return settings;
    }

    /** The settings in the body replace those of {@code base}; null resets one to its default. */
    static QueueSettings merge(JsonObject body, QueueSettings base) {
        JsonObject given = body.getJsonObject("settings");
        if (given == null) {
            return base;
        }
        QueueSettings defaults = QueueSettings.DEFAULT;
        return new QueueSettings(
                integer(given, "delivery_delay", base.deliveryDelaySeconds(), defaults.deliveryDelaySeconds()),
                paused(given, base),
                integer(given, "message_retention_period", base.retentionSeconds(), defaults.retentionSeconds()));
    }

    private static int integer(JsonObject given, String field, int unchanged, int defaults) {
        return given.containsKey(field) ? JsonBody.integer(given, field, defaults) : unchanged;
    }

    private static boolean paused(JsonObject given, QueueSettings base) {
        return given.containsKey("delivery_paused")
                ? Boolean.TRUE.equals(given.getBoolean("delivery_paused"))
                : base.deliveryPaused();
    }
}
