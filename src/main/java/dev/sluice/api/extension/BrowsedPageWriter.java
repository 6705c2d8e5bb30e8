package dev.sluice.api.extension;

import dev.sluice.api.json.JsonWriter;
import dev.sluice.api.message.LeaseTokens;
import dev.sluice.queue.Content;
import dev.sluice.queue.DeadLetterOrigin;
import dev.sluice.queue.MessageState;
import dev.sluice.runtime.QueueBrowser;
import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Writes a page of messages directly into one buffer (openapi/extensions.yaml). Owned by one event loop. */
final class BrowsedPageWriter {
    private static final byte[] BEGIN =
            JsonWriter.ascii("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"messages\":[");
    private static final byte[] COMMA = JsonWriter.ascii(",");
    private static final byte[] QUOTE = JsonWriter.ascii("\"");
    private static final byte[] ID = JsonWriter.ascii("{\"id\":\"");
    private static final byte[] REF = JsonWriter.ascii("\",\"ref\":\"");
    private static final byte[] TIMESTAMP = JsonWriter.ascii("\",\"timestamp_ms\":");
    private static final byte[] ATTEMPTS = JsonWriter.ascii(",\"attempts\":");
    private static final byte[] VISIBLE = JsonWriter.ascii(",\"visible_at_ms\":");
    private static final byte[] DELAY = JsonWriter.ascii(",\"delay_seconds\":");
    private static final Map<MessageState, byte[]> STATES = states();
    private static final byte[] CONTENT_TYPE = JsonWriter.ascii(",\"content_type\":\"");
    private static final byte[] TEXT_BODY = JsonWriter.ascii("\",\"body_encoding\":\"utf8\",\"body\":\"");
    private static final byte[] BINARY_BODY = JsonWriter.ascii("\",\"body_encoding\":\"base64\",\"body\":\"");
    private static final byte[] BODY_BYTES = JsonWriter.ascii("\",\"body_bytes\":");
    private static final byte[] DEAD_LETTER = JsonWriter.ascii(",\"dead_letter\":{\"queue_name\":\"");
    private static final byte[] REASON = JsonWriter.ascii("\",\"reason\":\"");
    private static final byte[] DEAD_TIMESTAMP = JsonWriter.ascii("\",\"timestamp_ms\":");
    private static final byte[] END_OBJECT = JsonWriter.ascii("}");
    private static final byte[] END_MESSAGES = JsonWriter.ascii("],\"next_cursor\":");
    private static final byte[] NO_CURSOR = JsonWriter.ascii("null}}");
    private static final byte[] END_CURSOR = JsonWriter.ascii("\"}}");

    private final LeaseTokens tokens;
    private final ContinuousClock clock;
    private final JsonWriter json = new JsonWriter();

    BrowsedPageWriter(LeaseTokens tokens, ContinuousClock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    private static Map<MessageState, byte[]> states() {
        Map<MessageState, byte[]> texts = new EnumMap<>(MessageState.class);
        for (MessageState state : MessageState.values()) {
            texts.put(state, JsonWriter.ascii(",\"state\":\"" + state.name().toLowerCase(Locale.ROOT) + "\""));
        }
        return texts;
    }

    Buffer write(long queueNumber, QueueBrowser.MessagePage page) {
        json.clear().raw(BEGIN);
        boolean first = true;
        for (QueueBrowser.BrowsedMessage each : page.messages()) {
            if (!first) {
                json.raw(COMMA);
            }
            message(queueNumber, each);
            first = false;
        }
        json.raw(END_MESSAGES);
        return page.nextSeq() == 0
                ? json.raw(NO_CURSOR).toBuffer()
                : json.raw(QUOTE).number(page.nextSeq()).raw(END_CURSOR).toBuffer();
    }

    private void message(long queueNumber, QueueBrowser.BrowsedMessage each) {
        Content content = each.message().content();
        long seq = each.message().header().seq();
        json.raw(ID).hex(content.idHigh()).hex(content.idLow());
        json.raw(REF).escaped(tokens.encode(LeaseTokens.TokenKind.REF, queueNumber, seq, each.deliveries()));
        json.raw(TIMESTAMP).number(clock.wallMillis(each.message().header().timestampMillis()));
        json.raw(Objects.requireNonNull(STATES.get(each.state())));
        json.raw(ATTEMPTS).number(each.deliveries());
        json.raw(VISIBLE).number(clock.wallMillis(each.visibleAtMillis()));
        json.raw(DELAY).number(content.delaySeconds());
        json.raw(CONTENT_TYPE).escaped(content.contentType().wireName());
        if (content.contentType().isUnicode()) {
            json.raw(TEXT_BODY).escaped(content.body());
        } else {
            json.raw(BINARY_BODY).base64(content.body());
        }
        json.raw(BODY_BYTES).number(content.body().length);
        if (content.deadLetter() != null) {
            deadLetter(content.deadLetter());
        }
        json.raw(END_OBJECT);
    }

    private void deadLetter(DeadLetterOrigin origin) {
        json.raw(DEAD_LETTER).escaped(origin.queueName());
        json.raw(REASON).escaped(origin.reason().wireName());
        json.raw(DEAD_TIMESTAMP).number(clock.wallMillis(origin.atMillis()));
        json.raw(ATTEMPTS).number(origin.attempts()).raw(END_OBJECT);
    }
}
