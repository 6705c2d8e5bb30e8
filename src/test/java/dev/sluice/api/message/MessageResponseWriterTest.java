package dev.sluice.api.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.TestSeed;
import dev.sluice.api.json.JsonSamples;
import dev.sluice.api.json.JsonWriter;
import dev.sluice.api.json.Utf8Text;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.NewMessage;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ClockSource;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.PendingResponse;
import dev.sluice.store.StoredMessage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MessageResponseWriterTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final LeaseTokens tokens = new LeaseTokens(new byte[32]);
    private final MessageResponseWriter responses =
            new MessageResponseWriter(MessagesConfig.DEFAULT, tokens, ContinuousClock.ofMachine());
    private final MessageResponseWriter plainResponses = new MessageResponseWriter(
            new MessagesConfig(MessagesConfig.JsonBodyEncoding.PLAIN, false, false),
            tokens,
            ContinuousClock.ofMachine());
    private final MessageDecoder decoder =
            new MessageDecoder(Limits.DOCUMENTED, MessagesConfig.DEFAULT, new MessageIds());

    @Property(seed = TestSeed.PROPERTIES, tries = 1000)
    void anyTextIsPulledAsItWasPushed(@ForAll("spelledStrings") String spelled) throws JsonProcessingException {
        NewMessage pushed = push("{\"body\":" + spelled + ",\"content_type\":\"text\"}");
        String text = MAPPER.readValue(spelled, String.class);
        assertThat(pushed.body()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(pulledBody(responses, pushed)).isEqualTo(text);
        assertThat(pulledBody(plainResponses, pushed)).isEqualTo(text);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 1000)
    void anyJsonValueIsPulledAsItWasPushed(@ForAll("values") String value) throws JsonProcessingException {
        NewMessage pushed = push("{\"body\":" + value + '}');
        String plain = pulledBody(plainResponses, pushed);
        assertThat(MAPPER.readTree(plain)).isEqualTo(MAPPER.readTree(value));
        String base64 = pulledBody(responses, pushed);
        assertThat(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8))
                .isEqualTo(plain);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 1000)
    void aStringUnderJsonIsStoredAsStringifyWouldWriteIt(
            @ForAll("texts") String text, @ForAll("spelledStrings") String other) throws JsonProcessingException {
        assertThat(new String(push("{\"body\":" + other + '}').body(), StandardCharsets.UTF_8))
                .isEqualTo(stringify(MAPPER.readValue(other, String.class)));
        assertThat(new String(push("{\"body\":" + stringify(text) + '}').body(), StandardCharsets.UTF_8))
                .isEqualTo(stringify(text));
    }

    @Test
    void bodiesOfTypeBytesAndV8AreBase64InEveryFormat() throws JsonProcessingException {
        byte[] body = {(byte) 0xff, 0x0f, 0, '"'};
        for (ContentType type : List.of(ContentType.BYTES, ContentType.V8)) {
            NewMessage sent = new NewMessage(1, 2, type, body, 0);
            assertThat(pulledBody(responses, sent)).isEqualTo("/w8AIg==");
            assertThat(pulledBody(plainResponses, sent)).isEqualTo("/w8AIg==");
            assertThat(plainResponses.bytesOf(stored(sent).content())).isGreaterThan(8);
        }
    }

    @Test
    void timesFollowTheWallClock() throws IOException {
        AtomicLong wallMillis = new AtomicLong(5_000_000);
        ContinuousClock clock = new ContinuousClock(clocksOf(wallMillis));
        MessageResponseWriter shifted = new MessageResponseWriter(MessagesConfig.DEFAULT, tokens, clock);
        long pushedMillis = clock.nowMillis();
        wallMillis.addAndGet(-3_000_000);
        clock.nowMillis();

        JsonNode pushed = MAPPER.readTree(
                shifted.pushed(new BacklogStats(1, 1, pushedMillis)).getBytes());
        assertThat(pushed.at("/result/metadata/metrics/oldest_message_timestamp_ms")
                        .longValue())
                .isEqualTo(2_000_000);
        JsonNode empty = MAPPER.readTree(shifted.pushed(BacklogStats.EMPTY).getBytes());
        assertThat(empty.at("/result/metadata/metrics/oldest_message_timestamp_ms")
                        .longValue())
                .isZero();
        MessageHeader header = new MessageHeader(1, pushedMillis, pushedMillis, 1, false);
        StoredMessage message = new StoredMessage(header, new Content(1, 2, ContentType.TEXT, 0, new byte[] {'m'}));
        JsonNode peeked = MAPPER.readTree(shifted.peeked(1, shown(List.of(new QueueClient.Peeked(message, 0))))
                .getBytes());
        assertThat(peeked.at("/result/messages/0/timestamp_ms").longValue()).isEqualTo(2_000_000);
    }

    /** A wall clock that a test sets, on a machine on which no time passes. */
    private static ClockSource clocksOf(AtomicLong wallMillis) {
        return new ClockSource() {
            @Override
            public long monotonicNanos() {
                return 0;
            }

            @Override
            public long wallMillis() {
                return wallMillis.get();
            }

            @Override
            public ClockReading read() {
                return new ClockReading(0, wallMillis.get(), UNKNOWN);
            }

            @Override
            public String bootId() {
                return "";
            }
        };
    }

    @Provide
    Arbitrary<String> texts() {
        return JsonSamples.unicode();
    }

    @Provide
    Arbitrary<String> spelledStrings() {
        return JsonSamples.string();
    }

    @Provide
    Arbitrary<String> values() {
        return JsonSamples.value();
    }

    @Test
    void aPullShowsEveryField() throws JsonProcessingException {
        Content content = new Content(
                0xa1b2c3d4e5f60718L, 0x293a4b5c6d7e8f90L, dev.sluice.queue.ContentType.TEXT, 20, bytes("high"));
        MessageHeader header = new MessageHeader(7, 1788000002500L, 1788000002500L, 4, true);
        QueueClient.Delivery delivery = new QueueClient.Delivery(new StoredMessage(header, content), 3);
        Buffer response = responses.pulled(
                9,
                new QueueClient.Delivered(
                        List.of(delivery, delivery), new BacklogStats(4, 75, 1788000000000L), 0, PendingResponse.NONE));
        String token = tokens.encode(LeaseTokens.TokenKind.LEASE, 9, 7, 3);
        String message = "{\"id\":\"a1b2c3d4e5f60718293a4b5c6d7e8f90\",\"timestamp_ms\":1788000002500,\"attempts\":3,"
                + "\"body\":\"high\",\"metadata\":{\"CF-Content-Type\":\"text\",\"CF-sourceMessageSource\":\"api\","
                + "\"CF-msg-delay-secs\":\"20\"},\"lease_id\":\"" + token + "\"}";
        assertThat(response.toString())
                .isEqualTo("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{\"message_backlog_count\":4,"
                        + "\"messages\":[" + message + ',' + message
                        + "],\"metadata\":{\"metrics\":{\"backlog_count\":4,"
                        + "\"backlog_bytes\":75,\"oldest_message_timestamp_ms\":1788000000000}}}}");
    }

    /** The size is too large only by the digits that its numbers do not have. */
    @Property(seed = TestSeed.PROPERTIES)
    void theSizeOfAMessageIsKnownBeforeItIsWritten(@ForAll("texts") String text, @ForAll boolean isText) {
        NewMessage message = push("{\"body\":" + stringify(text) + (isText ? ",\"content_type\":\"text\"}" : "}"));
        StoredMessage stored = stored(message);
        QueueClient.Delivery delivery = new QueueClient.Delivery(stored, 1);
        int written = responses.pulled(9, delivered(delivery, delivery)).length()
                - responses.pulled(9, delivered(delivery)).length();
        assertThat(responses.bytesOf(stored.content())).isBetween(written, written + 160);
    }

    private static QueueClient.Delivered delivered(QueueClient.Delivery... deliveries) {
        return new QueueClient.Delivered(List.of(deliveries), BacklogStats.EMPTY, 0, PendingResponse.NONE);
    }

    @Test
    void theSizeOfEveryByteIsKnown() {
        for (int at = 0; at < 20; at++) {
            for (int unit = 0; unit < 0x80; unit++) {
                String text = "a".repeat(at) + (char) unit + "é".repeat(at / 2) + "z".repeat(at);
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                assertThat(Utf8Text.escapedLength(bytes, 0, bytes.length))
                        .isEqualTo(new JsonWriter().escaped(bytes).toBuffer().length());
            }
        }
    }

    @Test
    void emptyResponsesAreComplete() {
        String open = "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":{";
        String metrics =
                "\"metadata\":{\"metrics\":{\"backlog_count\":0,\"backlog_bytes\":0,\"oldest_message_timestamp_ms\":0}}}}";
        assertThat(responses.pushed(BacklogStats.EMPTY).toString()).isEqualTo(open + metrics);
        assertThat(responses
                        .pulled(1, new QueueClient.Delivered(List.of(), BacklogStats.EMPTY, 0, PendingResponse.NONE))
                        .toString())
                .isEqualTo(open + "\"message_backlog_count\":0,\"messages\":[]," + metrics);
        assertThat(responses.peeked(1, shown(List.of())).toString()).isEqualTo(open + "\"messages\":[]}}");
        assertThat(responses.acked(0, 0, Map.of()).toString())
                .isEqualTo(open + "\"ackCount\":0,\"retryCount\":0,\"warnings\":{}}}");
        assertThat(responses.purged(Map.of()).toString()).isEqualTo(open + "\"errors\":[],\"warnings\":{}}}");
        assertThat(responses.previewAcked(Map.of()).toString()).isEqualTo(open + "\"warnings\":{}}}");
    }

    @Test
    void warningsAreKeyedByTheTokenAsSent() throws JsonProcessingException {
        Map<String, String> warnings = new LinkedHashMap<>();
        warnings.put("a\"\\\n\0é😀", "first");
        warnings.put("\ud800", "second");
        String response = responses.acked(1, 2, warnings).toString();
        JsonNode result = MAPPER.readTree(response).path("result");
        assertThat(result.path("warnings").path("a\"\\\n\0é😀").asText()).isEqualTo("first");
        assertThat(response).contains("\"\\ud800\":\"second\"");
    }

    @Test
    void aLargeResponseLeavesNothingForTheNext() {
        NewMessage large = push("{\"body\":\"" + "\\n".repeat(120_000) + "\",\"content_type\":\"text\"}");
        QueueClient.Peeked peeked = new QueueClient.Peeked(stored(large), 0);
        Buffer first = responses.peeked(1, shown(List.of(peeked, peeked)));
        String shown = first.toString();
        responses.pushed(BacklogStats.EMPTY);
        assertThat(first.toString()).isEqualTo(shown).endsWith("\"}]}}");
        assertThat(first.length()).isGreaterThan(480_000);
    }

    @Test
    void numbersOfEverySize() {
        for (long number : new long[] {0, 9, 10, 99, 100, 1788000000000L, Long.MAX_VALUE}) {
            assertThat(new JsonWriter().number(number).toBuffer().toString()).isEqualTo(Long.toString(number));
        }
    }

    private NewMessage push(String request) {
        return decoder.single(bytes(request));
    }

    private static String pulledBody(MessageResponseWriter responses, NewMessage message)
            throws JsonProcessingException {
        Buffer response = responses.peeked(1, shown(List.of(new QueueClient.Peeked(stored(message), 1))));
        JsonNode shown = MAPPER.readTree(response.toString())
                .path("result")
                .path("messages")
                .path(0);
        assertThat(shown.path("id").asText()).matches("[0-9a-f]{32}");
        return shown.path("body").textValue();
    }

    private static StoredMessage stored(NewMessage message) {
        return new StoredMessage(
                new MessageHeader(1, 1, 1, message.body().length, false),
                new Content(message.idHigh(), message.idLow(), message.contentType(), 0, message.body()));
    }

    /** The result of ECMAScript's {@code JSON.stringify} for a string. */
    private static String stringify(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            int letter = "\"\\\b\f\n\r\t".indexOf(c);
            if (letter >= 0) {
                json.append('\\').append("\"\\bfnrt".charAt(letter));
            } else if (c < 0x20) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    private static QueueClient.Shown shown(List<QueueClient.Peeked> messages) {
        return new QueueClient.Shown(messages, 0, PendingResponse.NONE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
