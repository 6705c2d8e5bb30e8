package dev.sluice.api.control;

import dev.sluice.queue.QueueSettings;
import io.vertx.core.json.JsonObject;

/** The {@code settings} of a queue in a request whose types have been checked. */
final class QueueSettingsFields {
    private QueueSettingsFields() {}

    /** Settings that are given replace those of {@code base}; null stands for the default. */
    static QueueSettings merge(JsonObject body, QueueSettings base) {
        JsonObject given = body.getJsonObject("settings");
        if (given == null) {
            return base;
        }
        QueueSettings byDefault = QueueSettings.DEFAULT;
        return new QueueSettings(
                integer(given, "delivery_delay", base.deliveryDelaySeconds(), byDefault.deliveryDelaySeconds()),
                paused(given, base),
                integer(given, "message_retention_period", base.retentionSeconds(), byDefault.retentionSeconds()));
    }

    private static int integer(JsonObject given, String field, int unchanged, int byDefault) {
        return given.containsKey(field) ? JsonBody.integer(given, field, byDefault) : unchanged;
    }

    private static boolean paused(JsonObject given, QueueSettings base) {
        return given.containsKey("delivery_paused")
                ? given.getBoolean("delivery_paused", false) == Boolean.TRUE
                : base.deliveryPaused();
    }
}
