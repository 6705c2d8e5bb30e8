package dev.sluice.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.Metrics;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.ContinuousClock;
import dev.sluice.runtime.QueueClient;
import dev.sluice.runtime.WorkerTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes batches as requests show them: field names of a pull's answer, bodies as they were published. Pure. */
final class BatchJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int BYTES_EXPECTED = 8 * 1024;

    private BatchJson() {}

    /** The body of the request, with times as the clock shows them. */
    static byte[] write(WorkerTarget.Batch batch, ContinuousClock clock) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(BYTES_EXPECTED);
        QueueDefinition queue = batch.queue();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("queue", queue.name());
            json.writeStringField("queue_id", queue.queueId());
            json.writeStringField("account_id", queue.accountId());
            json.writeArrayFieldStart("messages");
            for (QueueClient.Delivery delivery : batch.deliveries()) {
                message(json, delivery, clock);
            }
            json.writeEndArray();
            metrics(json, batch.metrics(), clock);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The id of a message: 32 lower-case hexadecimal digits. */
    static String id(Content content) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(content.idHigh()) + hex.toHexDigits(content.idLow());
    }

    private static void message(JsonGenerator json, QueueClient.Delivery delivery, ContinuousClock clock)
            throws IOException {
        MessageHeader header = delivery.message().header();
        Content content = delivery.message().content();
        json.writeStartObject();
        json.writeStringField("id", id(content));
        json.writeNumberField("timestamp_ms", clock.wallMillis(header.timestampMillis()));
        json.writeNumberField("attempts", delivery.delivery());
        json.writeStringField("content_type", content.contentType().wireName());
        json.writeFieldName("body");
        if (content.contentType() == ContentType.TEXT) {
            json.writeUTF8String(content.body(), 0, content.body().length);
        } else {
            json.writeRawValue(new String(content.body(), StandardCharsets.UTF_8));
        }
        json.writeObjectFieldStart("metadata");
        json.writeStringField("CF-Content-Type", content.contentType().wireName());
        json.writeStringField("CF-sourceMessageSource", "api");
        if (content.delaySeconds() > 0) {
            json.writeStringField("CF-msg-delay-secs", String.valueOf(content.delaySeconds()));
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void metrics(JsonGenerator json, Metrics metrics, ContinuousClock clock) throws IOException {
        json.writeObjectFieldStart("metadata");
        json.writeObjectFieldStart("metrics");
        json.writeNumberField("backlog_count", metrics.backlogCount());
        json.writeNumberField("backlog_bytes", metrics.backlogBytes());
        json.writeNumberField("oldest_message_timestamp_ms", clock.wallMillis(metrics.oldestTimestampMillis()));
        json.writeEndObject();
        json.writeEndObject();
    }
}
