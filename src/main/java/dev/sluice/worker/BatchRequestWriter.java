package dev.sluice.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.CharTypes;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Serializes batches as JSON. The field names are those of a pull response. A body of type text is a string, one of type
 * json is its value, and one of type bytes or v8 is a string with its base64. Stateless.
 */
final class BatchRequestWriter {
    private static final JsonFactory JSON = new JsonFactory();
    /** Upper bound of the bytes of a message without its body, and of a batch without its messages. */
    private static final int FIELDS_BYTES = 512;

    /** Upper bound of the bytes of a trace without its state. */
    private static final int TRACE_BYTES = 128;

    /** The additional bytes of the JSON escape of each byte value. */
    private static final byte[] ESCAPE_BYTES = escapeBytes();

    private BatchRequestWriter() {}

    /** The size of a message in the request, in bytes; rounded up a little. */
    static int bytesOf(Content content) {
        byte[] body = content.body();
        int fields = content.deadLetter() == null ? FIELDS_BYTES : 2 * FIELDS_BYTES;
        if (content.trace() != null) {
            fields += TRACE_BYTES + 2 * content.trace().state().length();
        }
        if (!content.contentType().isUnicode()) {
            return fields + (body.length + 2) / 3 * 4;
        }
        int bytes = fields + body.length;
        if (content.contentType() == ContentType.TEXT) {
            for (byte b : body) {
                bytes += ESCAPE_BYTES[b & 0xff];
            }
        }
        return bytes;
    }

    private static byte[] escapeBytes() {
        byte[] additional = new byte[256];
        int[] escapes = CharTypes.get7BitOutputEscapes();
        for (int c = 0; c < escapes.length; c++) {
            additional[c] = (byte) (escapes[c] == 0 ? 0 : escapes[c] > 0 ? 1 : 5);
        }
        return additional;
    }

    /** The request body; timestamps are converted to the wall clock. */
    static byte[] write(WorkerTarget.Batch batch, ContinuousClock clock) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(batch.bytes() + 2 * FIELDS_BYTES);
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
        } else if (content.contentType() == ContentType.JSON) {
            json.writeRawValue(new String(content.body(), StandardCharsets.UTF_8));
        } else {
            json.writeBinary(content.body());
        }
        json.writeObjectFieldStart("metadata");
        json.writeStringField("CF-Content-Type", content.contentType().wireName());
        json.writeStringField("CF-sourceMessageSource", "api");
        if (content.delaySeconds() > 0) {
            json.writeStringField("CF-msg-delay-secs", String.valueOf(content.delaySeconds()));
        }
        if (content.deadLetter() != null) {
            DeadLetterOrigin origin = content.deadLetter();
            json.writeStringField("Sluice-dead-letter-queue", origin.queueName());
            json.writeStringField("Sluice-dead-letter-reason", origin.reason().wireName());
            json.writeStringField(
                    "Sluice-dead-letter-timestamp-ms", String.valueOf(clock.wallMillis(origin.atMillis())));
            json.writeStringField("Sluice-dead-letter-attempts", String.valueOf(origin.attempts()));
        }
        if (content.trace() != null) {
            json.writeStringField("traceparent", content.trace().traceparent());
            if (!content.trace().state().isEmpty()) {
                json.writeStringField("tracestate", content.trace().state());
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void metrics(JsonGenerator json, BacklogStats metrics, ContinuousClock clock) throws IOException {
        json.writeObjectFieldStart("metadata");
        json.writeObjectFieldStart("metrics");
        json.writeNumberField("backlog_count", metrics.backlogCount());
        json.writeNumberField("backlog_bytes", metrics.backlogBytes());
        json.writeNumberField("oldest_message_timestamp_ms", clock.wallMillis(metrics.oldestTimestampMillis()));
        json.writeEndObject();
        json.writeEndObject();
    }
}
