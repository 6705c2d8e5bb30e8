package dev.sluice.api.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.message.MessageIds;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingDecoderTest {
    /** An empty Map as V8 serializes it. */
    private static final byte[] V8_MAP = {(byte) 0xff, 0x0f, 0x3b, 0x3a, 0x00};

    private final BindingDecoder decoder = new BindingDecoder(Limits.DOCUMENTED, new MessageIds());

    @Test
    void bytesAndV8AreStoredAsTheyAreTextAsUtf8AndJsonCompact() {
        byte[] any = {0, 1, (byte) 0x80, (byte) 0xff};
        assertThat(decoder.single(any, "bytes", null).body()).isEqualTo(any);
        assertThat(decoder.single(new byte[0], "bytes", null).body()).isEmpty();
        assertThat(decoder.single(V8_MAP, "v8", null).body()).isEqualTo(V8_MAP);
        assertThat(decoder.single(bytes("é\u0000"), "text", null).body()).isEqualTo(bytes("é\u0000"));
        assertThat(decoder.single(bytes(""), "text", null).body()).isEmpty();
        assertThat(decoder.single(bytes(" { \"a\" : [1.50, null] } "), "json", null)
                        .body())
                .isEqualTo(bytes("{\"a\":[1.50,null]}"));
    }

    @Test
    void aMessageWithoutATypeHasTheTypeV8() {
        assertThat(decoder.single(V8_MAP, null, null).contentType()).isEqualTo(ContentType.V8);
        assertThat(decoder.batch(batch(message(V8_MAP, "")), null).get(0).contentType())
                .isEqualTo(ContentType.V8);
    }

    @Test
    void aTypeMayBeInAnyCase() {
        assertThat(decoder.single(bytes("x"), "TEXT", null).contentType()).isEqualTo(ContentType.TEXT);
        assertThat(decoder.batch(batch(message(bytes("x"), ",\"contentType\":\"Text\"")), null)
                        .get(0)
                        .contentType())
                .isEqualTo(ContentType.TEXT);
    }

    @Test
    void theDelayOfAMessageComesBeforeThatOfItsBatch() {
        List<NewMessage> messages = decoder.batch(
                batch(message(V8_MAP, ",\"delaySecs\":7"), message(V8_MAP, ",\"delaySecs\":0"), message(V8_MAP, "")),
                "30");
        assertThat(messages).extracting(NewMessage::delaySeconds).containsExactly(7, 0, 30);
        assertThat(decoder.batch(batch(message(V8_MAP, "")), null).get(0).delaySeconds())
                .isEqualTo(NewMessage.DELAY_UNSET);
        assertThat(decoder.single(V8_MAP, null, "86400").delaySeconds()).isEqualTo(86_400);
        assertThat(decoder.single(V8_MAP, null, null).delaySeconds()).isEqualTo(NewMessage.DELAY_UNSET);
    }

    @ParameterizedTest(name = "{0} as {1}")
    @CsvSource({
        "x, xml, , MESSAGE_METADATA_INVALID, 'Expected \"text\", \"json\", \"bytes\" or \"v8\" in the header X-Msg-Fmt'",
        "x, '', , MESSAGE_METADATA_INVALID, 'Expected \"text\", \"json\", \"bytes\" or \"v8\" in the header X-Msg-Fmt'",
        "x, v8, , MESSAGE_BODY_INVALID, Expected a value as V8 serializes it",
        "'', v8, , MESSAGE_BODY_INVALID, Expected a value as V8 serializes it",
        "{, json, , MESSAGE_BODY_INVALID, Expected JSON text",
        "undefined, json, , MESSAGE_BODY_INVALID, Expected JSON text",
        "'', json, , MESSAGE_BODY_INVALID, Expected JSON text",
        "1 2, json, , MESSAGE_BODY_INVALID, Expected JSON text",
        "x, text, -1, MESSAGE_METADATA_INVALID, Expected integer from 0 to 86400 in the header X-Msg-Delay-Secs",
        "x, text, 86401, MESSAGE_METADATA_INVALID, Expected integer from 0 to 86400 in the header X-Msg-Delay-Secs",
        "x, text, 1.5, MESSAGE_METADATA_INVALID, Expected integer from 0 to 86400 in the header X-Msg-Delay-Secs",
        "x, text, 99999999999, MESSAGE_METADATA_INVALID, Expected integer from 0 to 86400 in the header X-Msg-Delay-Secs",
        "x, text, '', MESSAGE_METADATA_INVALID, Expected integer from 0 to 86400 in the header X-Msg-Delay-Secs",
    })
    void anInvalidMessageIsRefused(String body, String format, String delay, EdgeError error, String text) {
        assertThatThrownBy(() -> decoder.single(bytes(body), format, delay))
                .hasMessage(text)
                .extracting("error")
                .isEqualTo(error);
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        assertThatThrownBy(() -> decoder.single(new byte[] {(byte) 0xc3}, "text", null))
                .hasMessage("Expected UTF-8 text")
                .extracting("error")
                .isEqualTo(EdgeError.MESSAGE_BODY_INVALID);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "[]                                    | MESSAGE_BODY_INVALID     | Expected object, received array",
                "{}                                    | MESSAGE_BODY_INVALID     | Required at \"messages\"",
                "{\"messages\":[                     | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "{\"messages\":[]}                   | MESSAGE_BODY_INVALID     | Expected at least 1 message at \"messages\"",
                "{\"messages\":{}}                   | MESSAGE_BODY_INVALID     | Expected array, received object at \"messages\"",
                "{\"messages\":[1]}                  | MESSAGE_BODY_INVALID     | Expected object, received number at \"messages[0]\"",
                "{\"messages\":[{}]}                 | MESSAGE_BODY_INVALID     | Required at \"messages[0].body\"",
                "{\"messages\":[{\"body\":1}]}     | MESSAGE_BODY_INVALID     | Expected string, received number at \"messages[0].body\"",
                "{\"messages\":[{\"body\":\"?\"}]} | MESSAGE_BODY_INVALID   | Expected base64 at \"messages[0].body\"",
                "{\"messages\":[{\"body\":\"eA==\"}]} | MESSAGE_BODY_INVALID | Expected a value as V8 serializes it at \"messages[0].body\"",
                "{\"messages\":[{\"body\":\"eA==\",\"contentType\":\"json\"}]} | MESSAGE_BODY_INVALID | Expected JSON text at \"messages[0].body\"",
                "{\"messages\":[{\"body\":\"eA==\",\"contentType\":5}]} | MESSAGE_METADATA_INVALID | Expected \"text\", \"json\", \"bytes\" or \"v8\" at \"messages[0].contentType\"",
                "{\"messages\":[{\"body\":\"eA==\",\"delaySecs\":86401}]} | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"messages[0].delaySecs\"",
            })
    void anInvalidBatchIsRefused(String request, EdgeError error, String text) {
        assertThatThrownBy(() -> decoder.batch(bytes(request), null))
                .hasMessage(text)
                .extracting("error")
                .isEqualTo(error);
    }

    @Test
    void theLimitsAreThoseOfAPush() {
        assertThat(decoder.single(new byte[128_000], "bytes", null).body()).hasSize(128_000);
        assertRefused(EdgeError.MESSAGE_TOO_LARGE, () -> decoder.single(new byte[128_001], "bytes", null));
        String[] hundred = Stream.generate(() -> message(V8_MAP, "")).limit(100).toArray(String[]::new);
        assertThat(decoder.batch(batch(hundred), null)).hasSize(100);
        String[] more = Stream.generate(() -> message(V8_MAP, "")).limit(101).toArray(String[]::new);
        assertRefused(EdgeError.BATCH_COUNT_INVALID, () -> decoder.batch(batch(more), null));
        String large = message(new byte[128_000], ",\"contentType\":\"bytes\"");
        assertThat(decoder.batch(batch(large, large), null)).hasSize(2);
        String small = message(new byte[1], ",\"contentType\":\"bytes\"");
        assertRefused(EdgeError.BATCH_TOO_LARGE, () -> decoder.batch(batch(large, large, small), null));
        assertRefused(EdgeError.BATCH_DELAY_INVALID, () -> decoder.batch(batch(small), "x"));
    }

    @Test
    void afterARefusedRequestTheNextOneIsDecoded() {
        assertRefused(
                EdgeError.BATCH_COUNT_INVALID,
                () -> decoder.batch(
                        batch(Stream.generate(() -> message(V8_MAP, ""))
                                .limit(101)
                                .toArray(String[]::new)),
                        null));
        assertRefused(EdgeError.MESSAGE_METADATA_INVALID, () -> decoder.single(V8_MAP, "xml", null));
        assertThat(decoder.batch(batch(message(V8_MAP, "")), null)).hasSize(1);
        assertThat(decoder.single(V8_MAP, null, null).body()).isEqualTo(V8_MAP);
    }

    private static void assertRefused(EdgeError error, Runnable decode) {
        assertThatThrownBy(decode::run).extracting("error").isEqualTo(error);
    }

    private static String message(byte[] body, String more) {
        return "{\"body\":\"" + Base64.getEncoder().encodeToString(body) + '"' + more + '}';
    }

    private static byte[] batch(String... messages) {
        return bytes(Stream.of(messages).collect(Collectors.joining(",", "{\"messages\":[", "]}")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
