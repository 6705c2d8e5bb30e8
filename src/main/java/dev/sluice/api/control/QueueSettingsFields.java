package dev.sluice.api.control;

import dev.sluice.queue.QueueSettings;
import io.vertx.core.json.JsonObject;

/** Decodes the {@code settings} of a queue from a request body whose types have been checked. */
final class QueueSettingsFields {
    private QueueSettingsFields() {}

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
