package dev.sluice.api.message;

import dev.sluice.api.json.JsonWriter;
import dev.sluice.api.json.Utf8Text;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.store.StoredMessage;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Writes the success responses of the operations on messages (docs/api.md 1.4, 6), complete and directly into one
 * buffer. One instance per event loop; {@link #bytesOf} may be called by any thread.
 */
public final class MessageResponseWriter {
    private static final byte[] RESULT =
            JsonWriter.ascii("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{");
    private static final byte[] METRICS = JsonWriter.ascii("\"metadata\":{\"metrics\":{\"backlog_count\":");
    private static final byte[] BACKLOG_BYTES = JsonWriter.ascii(",\"backlog_bytes\":");
    private static final byte[] OLDEST = JsonWriter.ascii(",\"oldest_message_timestamp_ms\":");
    private static final byte[] END_METRICS = JsonWriter.ascii("}}}}");
    private static final byte[] BACKLOG_COUNT = JsonWriter.ascii("\"message_backlog_count\":");
    private static final byte[] NEXT_MESSAGES = JsonWriter.ascii(",\"messages\":[");
    private static final byte[] MESSAGES = JsonWriter.ascii("\"messages\":[");
    private static final byte[] END_MESSAGES = JsonWriter.ascii("]}}");
    private static final byte[] END_PULLED = JsonWriter.ascii("],");
    private static final byte[] ID = JsonWriter.ascii("{\"id\":\"");
    private static final byte[] TIMESTAMP = JsonWriter.ascii("\",\"timestamp_ms\":");
    private static final byte[] ATTEMPTS = JsonWriter.ascii(",\"attempts\":");
    private static final byte[] BODY = JsonWriter.ascii(",\"body\":\"");
    private static final Map<ContentType, byte[]> METADATA = metadata();
    private static final byte[] DELAY = JsonWriter.ascii(",\"CF-msg-delay-secs\":\"");
    private static final byte[] END_DELAY = JsonWriter.ascii("\"");
    private static final byte[] DEAD_LETTER_QUEUE = JsonWriter.ascii(",\"Sluice-dead-letter-queue\":\"");
    private static final byte[] DEAD_LETTER_REASON = JsonWriter.ascii("\",\"Sluice-dead-letter-reason\":\"");
    private static final byte[] DEAD_LETTER_TIME = JsonWriter.ascii("\",\"Sluice-dead-letter-timestamp-ms\":\"");
    private static final byte[] DEAD_LETTER_ATTEMPTS = JsonWriter.ascii("\",\"Sluice-dead-letter-attempts\":\"");
    private static final byte[] TRACEPARENT = JsonWriter.ascii(",\"traceparent\":\"");
    private static final byte[] TRACESTATE = JsonWriter.ascii("\",\"tracestate\":\"");
    private static final byte[] LEASE_ID = JsonWriter.ascii("},\"lease_id\":\"");
    private static final byte[] REF = JsonWriter.ascii("},\"ref\":\"");
    private static final byte[] END_MESSAGE = JsonWriter.ascii("\"}");
    private static final byte[] COMMA = JsonWriter.ascii(",");
    private static final byte[] ACK_COUNT = JsonWriter.ascii("\"ackCount\":");
    private static final byte[] RETRY_COUNT = JsonWriter.ascii(",\"retryCount\":");
    private static final byte[] NO_ERRORS = JsonWriter.ascii("\"errors\":[],");
    private static final byte[] WARNINGS = JsonWriter.ascii("\"warnings\":{");
    private static final byte[] QUOTE = JsonWriter.ascii("\"");
    private static final byte[] IS = JsonWriter.ascii("\":\"");
    private static final byte[] END_WARNINGS = JsonWriter.ascii("}}}");
    /** The most bytes that a message takes in addition to its body. */
    private static final int MESSAGE_BYTES = COMMA.length
            + ID.length
            + 32
            + TIMESTAMP.length
            + JsonWriter.DECIMAL_DIGITS_MAX
            + ATTEMPTS.length
            + JsonWriter.DECIMAL_DIGITS_MAX
            + BODY.length
            + METADATA.values().stream().mapToInt(each -> each.length).max().orElseThrow()
            + DELAY.length
            + JsonWriter.DECIMAL_DIGITS_MAX
            + END_DELAY.length
            + LEASE_ID.length
            + LeaseTokens.CHARS_MAX
            + END_MESSAGE.length;
    /** The most bytes that the origin of a dead letter takes, without the name of the queue. */
    private static final int DEAD_LETTER_BYTES = DEAD_LETTER_QUEUE.length
            + DEAD_LETTER_REASON.length
            + Arrays.stream(DeadLetterReason.values())
                    .mapToInt(reason -> reason.wireName().length())
                    .max()
                    .orElseThrow()
            + DEAD_LETTER_TIME.length
            + JsonWriter.DECIMAL_DIGITS_MAX
            + DEAD_LETTER_ATTEMPTS.length
            + JsonWriter.DECIMAL_DIGITS_MAX
            + END_DELAY.length;
    /** The bytes that a trace takes, without its state. */
    private static final int TRACE_BYTES =
            TRACEPARENT.length + TraceContext.TRACEPARENT_CHARS + TRACESTATE.length + END_DELAY.length;
    /** The most bytes that a response takes in addition to its messages. */
    private static final int ENVELOPE_BYTES = 1024;

    private final boolean plainJsonBodies;
    private final LeaseTokens tokens;
    private final ContinuousClock clock;
    private final JsonWriter json = new JsonWriter();
    private final byte[] token = new byte[LeaseTokens.CHARS_MAX];

    public MessageResponseWriter(MessagesConfig messages, LeaseTokens tokens, ContinuousClock clock) {
        this.plainJsonBodies = messages.jsonBodyEncoding() == MessagesConfig.JsonBodyEncoding.PLAIN;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * Bytes that a message takes in the response to a pull, a peek or a preview: exact, except that its numbers count
     * with their maximum length. Safe for use from several threads.
     */
    public int bytesOf(Content content) {
        byte[] body = content.body();
        DeadLetterOrigin origin = content.deadLetter();
        return MESSAGE_BYTES
                + (origin == null ? 0 : DEAD_LETTER_BYTES + origin.queueName().length())
                + (content.trace() == null
                        ? 0
                        : TRACE_BYTES + 2 * content.trace().state().length())
                + (isEscaped(content) ? Utf8Text.escapedLength(body, 0, body.length) : (body.length + 2) / 3 * 4);
    }

    private boolean isEscaped(Content content) {
        return content.contentType() == ContentType.TEXT
                || content.contentType() == ContentType.JSON && plainJsonBodies;
    }

    /** Starts a response, and discards what a failed one may have left. */
    private JsonWriter begin() {
        return json.clear().raw(RESULT);
    }

    /** Starts a response with capacity for messages of so many bytes. */
    private JsonWriter begin(int messagesBytes) {
        return json.clear().reserveCapacity(messagesBytes + ENVELOPE_BYTES).raw(RESULT);
    }

    private static Map<ContentType, byte[]> metadata() {
        Map<ContentType, byte[]> texts = new EnumMap<>(ContentType.class);
        for (ContentType type : ContentType.values()) {
            String text = "\",\"metadata\":{\"CF-Content-Type\":\"" + type.wireName()
                    + "\",\"CF-sourceMessageSource\":\"api\"";
            texts.put(type, JsonWriter.ascii(text));
        }
        return texts;
    }

    /** The response to a push: the backlog including what was pushed (docs/api.md 6.1). */
    public Buffer pushed(BacklogStats metrics) {
        begin();
        metrics(metrics);
        return json.toBuffer();
    }

    /** The response to a pull (docs/api.md 6.3). The number of the delivery is shown as {@code attempts}. */
    public Buffer pulled(long queueNumber, QueueClient.Delivered delivered) {
        begin(delivered.bytes());
        json.raw(BACKLOG_COUNT).number(delivered.metrics().backlogCount()).raw(NEXT_MESSAGES);
        boolean first = true;
        for (QueueClient.Delivery delivery : delivered.deliveries()) {
            StoredMessage message = delivery.message();
            message(message, delivery.delivery(), first);
            json.raw(LEASE_ID);
            token(LeaseTokens.TokenKind.LEASE, queueNumber, message, delivery.delivery());
            first = false;
        }
        json.raw(END_PULLED);
        metrics(delivered.metrics());
        return json.toBuffer();
    }

    /** The response to a peek (docs/api.md 6.5). The deliveries so far are shown as {@code attempts}. */
    public Buffer peeked(long queueNumber, QueueClient.Shown shown) {
        return shown(queueNumber, shown, REF);
    }

    /** The response to a preview, the former name of peek. The ref is called {@code lease_id}. */
    public Buffer previewed(long queueNumber, QueueClient.Shown shown) {
        return shown(queueNumber, shown, LEASE_ID);
    }

    /** The response to an ack (docs/api.md 6.4), with warnings by lease id as sent. */
    public Buffer acked(int ackCount, int retryCount, Map<String, String> warnings) {
        begin().raw(ACK_COUNT).number(ackCount).raw(RETRY_COUNT).number(retryCount);
        json.raw(COMMA);
        return warned(warnings);
    }

    /** The response to a purge by ref (docs/api.md 6.6), with warnings by ref as sent. */
    public Buffer purged(Map<String, String> warnings) {
        begin().raw(NO_ERRORS);
        return warned(warnings);
    }

    /** The response to the acknowledgement of previewed messages (docs/api.md 2), with warnings by lease id as sent. */
    public Buffer previewAcked(Map<String, String> warnings) {
        begin();
        return warned(warnings);
    }

    private Buffer shown(long queueNumber, QueueClient.Shown shown, byte[] tokenName) {
        begin(shown.bytes()).raw(MESSAGES);
        boolean first = true;
        for (QueueClient.Peeked peeked : shown.messages()) {
            message(peeked.message(), peeked.deliveries(), first);
            json.raw(tokenName);
            token(LeaseTokens.TokenKind.REF, queueNumber, peeked.message(), peeked.deliveries());
            first = false;
        }
        return json.raw(END_MESSAGES).toBuffer();
    }

    /**
     * A message up to the end of its metadata. The name of the token, written next, closes the brace of the metadata.
     */
    private void message(StoredMessage message, int attempts, boolean first) {
        Content content = message.content();
        if (!first) {
            json.raw(COMMA);
        }
        json.raw(ID).hex(content.idHigh()).hex(content.idLow());
        json.raw(TIMESTAMP).number(clock.wallMillis(message.header().timestampMillis()));
        json.raw(ATTEMPTS).number(attempts);
        json.raw(BODY);
        if (isEscaped(content)) {
            json.escaped(content.body());
        } else {
            json.base64(content.body());
        }
        json.raw(Objects.requireNonNull(METADATA.get(content.contentType())));
        if (content.delaySeconds() > 0) {
            json.raw(DELAY).number(content.delaySeconds()).raw(END_DELAY);
        }
        if (content.deadLetter() != null) {
            deadLetter(content.deadLetter());
        }
        if (content.trace() != null) {
            trace(content.trace());
        }
    }

    /** As the headers of W3C Trace Context, so that their propagators can read the metadata. */
    private void trace(TraceContext trace) {
        json.raw(TRACEPARENT).escaped(trace.traceparent());
        if (!trace.state().isEmpty()) {
            json.raw(TRACESTATE).escaped(trace.state());
        }
        json.raw(END_DELAY);
    }

    private void deadLetter(DeadLetterOrigin origin) {
        json.raw(DEAD_LETTER_QUEUE).escaped(origin.queueName());
        json.raw(DEAD_LETTER_REASON).escaped(origin.reason().wireName());
        json.raw(DEAD_LETTER_TIME).number(clock.wallMillis(origin.atMillis()));
        json.raw(DEAD_LETTER_ATTEMPTS).number(origin.attempts()).raw(END_DELAY);
    }

    private void token(LeaseTokens.TokenKind kind, long queueNumber, StoredMessage message, int delivery) {
        int length = tokens.encode(kind, queueNumber, message.header().seq(), delivery, token, 0);
        json.raw(token, length).raw(END_MESSAGE);
    }

    private void metrics(BacklogStats metrics) {
        json.raw(METRICS)
                .number(metrics.backlogCount())
                .raw(BACKLOG_BYTES)
                .number(metrics.backlogBytes())
                .raw(OLDEST)
                .number(clock.wallMillis(metrics.oldestTimestampMillis()))
                .raw(END_METRICS);
    }

    private Buffer warned(Map<String, String> warnings) {
        json.raw(WARNINGS);
        boolean first = true;
        for (Map.Entry<String, String> warning : warnings.entrySet()) {
            if (!first) {
                json.raw(COMMA);
            }
            json.raw(QUOTE).escaped(warning.getKey()).raw(IS).escaped(warning.getValue());
            json.raw(QUOTE);
            first = false;
        }
        return json.raw(END_WARNINGS).toBuffer();
    }
}
