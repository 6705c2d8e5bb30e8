package dev.sluice.testkit;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A message that a pull has leased.
 *
 * @param attempts deliveries including this one
 * @param publishedAt when it was pushed
 * @param contentType text, json, bytes or v8
 * @param body the text, the JSON text, or base64 of bytes
 */
public record SluiceMessage(
        String id, String leaseId, int attempts, Instant publishedAt, String contentType, String body) {
    static SluiceMessage of(JsonObject message) {
        return new SluiceMessage(
                message.getString("id"),
                message.getString("lease_id"),
                message.getInteger("attempts"),
                Instant.ofEpochMilli(message.getLong("timestamp_ms")),
                message.getJsonObject("metadata").getString("CF-Content-Type"),
                message.getString("body"));
    }
}
