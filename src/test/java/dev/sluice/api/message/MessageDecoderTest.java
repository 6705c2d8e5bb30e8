package dev.sluice.api.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageDecoderTest {
    private final MessageDecoder decoder =
            new MessageDecoder(Limits.DOCUMENTED, MessagesConfig.DEFAULT, new MessageIds());
    private final MessageDecoder strict = new MessageDecoder(
            Limits.DOCUMENTED,
            new MessagesConfig(MessagesConfig.JsonBodyEncoding.BASE64, true, false),
            new MessageIds());

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "                                                  | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "{\"body\":{\"a\":1}                               | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "{\"body\":1}{}                                    | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "{\"content_type\":\"text\",\"body\":1}x           | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "body=1                                            | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "[]                                                | MESSAGE_BODY_INVALID     | Expected object, received array",
                "\"text\"                                          | MESSAGE_BODY_INVALID     | Expected object, received string",
                "null                                              | MESSAGE_BODY_INVALID     | Expected object, received null",
                "7                                                 | MESSAGE_BODY_INVALID     | Expected object, received number",
                "true                                              | MESSAGE_BODY_INVALID     | Expected object, received boolean",
                "{}                                                | MESSAGE_BODY_INVALID     | Required at \"body\"",
                "{\"content_type\":\"text\"}                       | MESSAGE_BODY_INVALID     | Required at \"body\"",
                "{\"content_type\":\"text\",\"body\":{\"a\":1}}    | MESSAGE_BODY_INVALID     | Expected string, received object at \"body\"",
                "{\"body\":[],\"content_type\":\"text\"}           | MESSAGE_BODY_INVALID     | Expected string, received array at \"body\"",
                "{\"content_type\":\"text\",\"body\":null}         | MESSAGE_BODY_INVALID     | Expected string, received null at \"body\"",
                "{\"content_type\":\"text\",\"body\":\"\\ud800\"}  | MESSAGE_BODY_INVALID     | Expected Unicode text, received half a surrogate pair at \"body\"",
                "{\"body\":1,\"content_type\":\"bytes\"}           | MESSAGE_METADATA_INVALID | Expected \"text\" or \"json\" at \"content_type\"",
                "{\"body\":1,\"content_type\":\"JSON\"}            | MESSAGE_METADATA_INVALID | Expected \"text\" or \"json\" at \"content_type\"",
                "{\"body\":1,\"content_type\":7}                   | MESSAGE_METADATA_INVALID | Expected \"text\" or \"json\" at \"content_type\"",
                "{\"body\":1,\"content_type\":\"\\udead\"}         | MESSAGE_METADATA_INVALID | Expected \"text\" or \"json\" at \"content_type\"",
                "{\"body\":1,\"delay_seconds\":-1}                 | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"delay_seconds\"",
                "{\"body\":1,\"delay_seconds\":86401}              | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"delay_seconds\"",
                "{\"body\":1,\"delay_seconds\":1.5}                | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"delay_seconds\"",
                "{\"body\":1,\"delay_seconds\":1e999}              | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"delay_seconds\"",
                "{\"body\":1,\"delay_seconds\":4294967296}         | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"delay_seconds\"",
                "{\"body\":1,\"delay_seconds\":\"30\"}             | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"delay_seconds\"",
                "{\"body\":1,\"delay_seconds\":true}               | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"delay_seconds\"",
            })
    void rejectsAnInvalidMessage(String request, EdgeError error, String text) {
        assertThatThrownBy(() -> decoder.single(bytes(request == null ? "" : request)))
                .hasMessage(text)
                .extracting("error")
                .isEqualTo(error);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{}                                                            | MESSAGE_BODY_INVALID     | Required at \"messages\"",
                "{\"messages\":null}                                           | MESSAGE_BODY_INVALID     | Expected array, received null at \"messages\"",
                "{\"messages\":{}}                                             | MESSAGE_BODY_INVALID     | Expected array, received object at \"messages\"",
                "{\"messages\":[]}                                             | MESSAGE_BODY_INVALID     | Expected at least 1 message at \"messages\"",
                "[{\"body\":1}]                                                | MESSAGE_BODY_INVALID     | Expected object, received array",
                "{\"messages\":[1]}                                            | MESSAGE_BODY_INVALID     | Expected object, received number at \"messages[0]\"",
                "{\"messages\":[{\"body\":1},{}]}                              | MESSAGE_BODY_INVALID     | Required at \"messages[1].body\"",
                "{\"messages\":[{\"body\":1,\"content_type\":\"text\"}]}       | MESSAGE_BODY_INVALID     | Expected string, received number at \"messages[0].body\"",
                "{\"messages\":[{\"body\":1,\"content_type\":\"v8\"}]}         | MESSAGE_METADATA_INVALID | Expected \"text\" or \"json\" at \"messages[0].content_type\"",
                "{\"messages\":[{\"body\":1,\"delay_seconds\":-1}]}            | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"messages[0].delay_seconds\"",
                "{\"messages\":[{\"body\":1}],\"delay_seconds\":86401}         | BATCH_DELAY_INVALID      | delay_seconds of the batch must be an integer from 0 to 86400.",
                "{\"messages\":[{\"body\":1}],\"delay_seconds\":\"1\"}         | BATCH_DELAY_INVALID      | delay_seconds of the batch must be an integer from 0 to 86400.",
                "{\"delay_seconds\":-1,\"messages\":[{\"body\":1}]]            | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
            })
    void rejectsAnInvalidBatch(String request, EdgeError error, String text) {
        assertThatThrownBy(() -> decoder.batch(bytes(request)))
                .hasMessage(text)
                .extracting("error")
                .isEqualTo(error);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{\"body\":\"a\",\"content_type\":\"text\"}                                | TEXT | a              | -1",
                "{\"content_type\":\"text\",\"body\":\"\\u0061\\t\\/\\ud83d\\ude00\"}      | TEXT | a\t/\ud83d\ude00 | -1",
                "{\"body\":\"a\"}                                                          | JSON | \"a\"          | -1",
                "{\"body\":null}                                                           | JSON | null           | -1",
                "{\"body\":{ \"a\" : [ 1.50 , -0 , 1E5 ] } ,\"content_type\":\"json\"}     | JSON | {\"a\":[1.50,-0,1E5]} | -1",
                "{\"body\":{\"z\":1,\"a\":2,\"z\":3}}                                      | JSON | {\"z\":1,\"a\":2,\"z\":3} | -1",
                "{\"body\":\"\\/\\u000B\\u0008\\u0022\\u005c\\u007F\\uD83D\\uDE00\\uDEAD\"} | JSON | \"/\\u000b\\b\\\"\\\\\u007f\ud83d\ude00\\udead\" | -1",
                "{\"body\":\" a \\\" b \"}                                                 | JSON | \" a \\\" b \" | -1",
                "{\"body\":1,\"content_type\":null,\"delay_seconds\":null}                 | JSON | 1              | -1",
                "{\"body\":1,\"delay_seconds\":0}                                          | JSON | 1              | 0",
                "{\"body\":1,\"delay_seconds\":30.0}                                       | JSON | 1              | 30",
                "{\"body\":1,\"delay_seconds\":1e3}                                        | JSON | 1              | 1000",
                "{\"body\":1,\"delay_seconds\":-0}                                         | JSON | 1              | 0",
                "{\"body\":1,\"delay_seconds\":8640000e-2}                                 | JSON | 1              | 86400",
                "{\"body\":1,\"delay_seconds\":-1,\"delay_seconds\":5}                     | JSON | 1              | 5",
                "{\"body\":{},\"content_type\":\"text\",\"body\":\"b\"}                    | TEXT | b              | -1",
                "{\"b\\u006fdy\":2,\"content\\u005ftype\":\"\\u006ason\"}                  | JSON | 2              | -1",
                "{\"body\":1,\"unknown\":{\"body\":[2]},\"\":0}                            | JSON | 1              | -1",
            })
    void acceptsAMessage(String request, ContentType type, String body, int delaySeconds) {
        NewMessage message = decoder.single(bytes(request));
        assertThat(new String(message.body(), StandardCharsets.UTF_8)).isEqualTo(body);
        assertThat(message.contentType()).isEqualTo(type);
        assertThat(message.delaySeconds()).isEqualTo(delaySeconds);
    }

    @Test
    void acceptsABodyThatIsEmptyOrHasNul() {
        assertThat(decoder.single(bytes("{\"body\":\"\",\"content_type\":\"text\"}"))
                        .body())
                .isEmpty();
        assertThat(decoder.single(bytes("{\"body\":\"a\\u0000b\",\"content_type\":\"text\"}"))
                        .body())
                .isEqualTo(bytes("a\0b"));
    }

    @Test
    void aStrictDecoderAcceptsOnlyObjectsAndArraysAsJson() {
        assertThat(strict.single(bytes("{\"body\":{}}")).body()).isEqualTo(bytes("{}"));
        assertThat(strict.single(bytes("{\"body\":[]}")).body()).isEqualTo(bytes("[]"));
        assertThat(strict.single(bytes("{\"body\":\"a\",\"content_type\":\"text\"}"))
                        .body())
                .isEqualTo(bytes("a"));
        assertThatThrownBy(() -> strict.single(bytes("{\"body\":\"a\"}")))
                .hasMessage("Expected object, received string at \"body\"");
        assertThatThrownBy(() -> strict.single(bytes("{\"body\":null}")))
                .hasMessage("Expected object, received null at \"body\"");
    }

    @Test
    void theBatchDelayAppliesToMessagesWithoutTheirOwn() {
        List<NewMessage> messages = decoder.batch(bytes("{\"messages\":[{\"body\":1,\"delay_seconds\":0},{\"body\":2},"
                + "{\"body\":3,\"delay_seconds\":null}],\"delay_seconds\":60}"));
        assertThat(messages).extracting(NewMessage::delaySeconds).containsExactly(0, 60, 60);
        assertThat(decoder.batch(bytes("{\"messages\":[{\"body\":1}],\"delay_seconds\":null}"))
                        .get(0)
                        .delaySeconds())
                .isEqualTo(NewMessage.DELAY_UNSET);
    }

    @Test
    void theLastOfTwoListsWinsAndTheFirstHasNoEffect() {
        assertThat(decoder.batch(bytes("{\"messages\":[{}],\"messages\":[{\"body\":1}]}")))
                .hasSize(1);
        assertThat(error("{\"messages\":[{\"body\":1}],\"messages\":7}")).isEqualTo(EdgeError.MESSAGE_BODY_INVALID);
    }

    @Test
    void measuresAMessageByItsStoredBytes() {
        String escapes = "\\u00e9".repeat(64_000);
        assertThat(decoder.single(bytes("{\"content_type\":\"text\",\"body\":\"" + escapes + "\"}"))
                        .body())
                .hasSize(128_000);
        assertThat(decoder.single(bytes("{\"body\": [" + " ".repeat(300_000) + "]}"))
                        .body())
                .hasSize(2);
        assertThatThrownBy(() -> decoder.single(bytes("{\"content_type\":\"text\",\"body\":\"" + escapes + "a\"}")))
                .hasMessage("Message is larger than 128000 bytes.")
                .extracting("error")
                .isEqualTo(EdgeError.MESSAGE_TOO_LARGE);
    }

    @Test
    void measuresABatchByCountAndSum() {
        assertThat(decoder.batch(bytes(batch(100, "{\"body\":1}")))).hasSize(100);
        assertThat(error(batch(101, "{\"body\":1}"))).isEqualTo(EdgeError.BATCH_COUNT_INVALID);
        String half = "{\"content_type\":\"text\",\"body\":\"" + "a".repeat(128_000) + "\"}";
        assertThat(decoder.batch(bytes(batch(2, half)))).hasSize(2);
        assertThat(error("{\"messages\":[" + half + ',' + half + ",{\"body\":1}]}"))
                .isEqualTo(EdgeError.BATCH_TOO_LARGE);
        assertThat(error(batch(2, half.replace("aaa", "aaaa")))).isEqualTo(EdgeError.MESSAGE_TOO_LARGE);
    }

    @Test
    void malformedJsonComesBeforeStructureAndStructureBeforeLimits() {
        assertThat(error(batch(101, "{\"body\":1}").replace("]}", ",{}]}"))).isEqualTo(EdgeError.MESSAGE_BODY_INVALID);
        assertThat(error(batch(101, "{\"body\":1}") + '}')).isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
        assertThat(error(batch(1, "{\"body\":\"" + "a".repeat(130_000) + "\"}")
                        .replace("]}", "],\"delay_seconds\":-1}")))
                .isEqualTo(EdgeError.BATCH_DELAY_INVALID);
        assertThat(error("{\"messages\":[{}],\"x\":tru}")).isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
    }

    @Test
    void everyMessageHasItsOwnId() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            NewMessage message =
                    (i & 1) == 0 ? decoder.single(bytes("{\"body\":1}")) : strict.single(bytes("{\"body\":{}}"));
            ids.add(message.idHigh() + "/" + message.idLow());
        }
        assertThat(ids).hasSize(10_000);
    }

    private static String batch(int count, String message) {
        return "{\"messages\":[" + String.join(",", java.util.Collections.nCopies(count, message)) + "]}";
    }

    private EdgeError error(String request) {
        return catchThrowableOfType(EdgeException.class, () -> decoder.batch(bytes(request)))
                .error();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
