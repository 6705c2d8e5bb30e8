package dev.sluice.api.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.error.EdgeError;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenDecoderTest {
    private final TokenDecoder decoder = new TokenDecoder(Limits.DOCUMENTED);

    @Test
    void readsAnAck() {
        TokenDecoder.AckRequest request =
                decoder.ack(bytes("{\"retries\":[{\"lease_id\":\"r\",\"delay_seconds\":120.0},"
                        + "{\"delay_seconds\":null,\"lease_id\":\"\\u0073\"},{\"lease_id\":\"t\",\"delay_seconds\":0}],"
                        + "\"acks\":[{\"lease_id\":\"a\",\"delay_seconds\":-5},{\"x\":1,\"lease_id\":\"\"}]}"));
        assertThat(request.acks()).containsExactly("a", "");
        assertThat(request.retries()).containsExactly("r", "s", "t");
        assertThat(request.retryDelaysSeconds()).containsExactly(120, NewMessage.DELAY_UNSET, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"acks\":[]}", "{\"acks\":null,\"retries\":null}", "{\"acks\":[{}],\"acks\":[]}"})
    void readsAnAckOfNothing(String request) {
        assertThat(decoder.ack(bytes(request)).acks()).isEmpty();
        assertThat(decoder.ack(bytes(request)).retries()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "                                                           | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "{\"acks\":[{}],\"x\":}                                     | MESSAGE_BODY_MALFORMED   | Request body is not valid JSON.",
                "\"a\"                                                      | MESSAGE_BODY_INVALID     | Expected object, received string",
                "{\"acks\":{}}                                              | MESSAGE_BODY_INVALID     | Expected array, received object at \"acks\"",
                "{\"acks\":[\"a\"]}                                         | MESSAGE_BODY_INVALID     | Expected object, received string at \"acks[0]\"",
                "{\"acks\":[{\"lease_id\":\"a\"},{}]}                       | MESSAGE_BODY_INVALID     | Required at \"acks[1].lease_id\"",
                "{\"acks\":[{\"lease_id\":7}]}                              | MESSAGE_BODY_INVALID     | Expected string, received number at \"acks[0].lease_id\"",
                "{\"retries\":[{\"lease_id\":null}]}                        | MESSAGE_BODY_INVALID     | Expected string, received null at \"retries[0].lease_id\"",
                "{\"retries\":[{\"lease_id\":\"a\",\"delay_seconds\":-1}]}  | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"retries[0].delay_seconds\"",
                "{\"retries\":[{\"lease_id\":\"a\",\"delay_seconds\":0.5}]} | MESSAGE_METADATA_INVALID | Expected integer from 0 to 86400 at \"retries[0].delay_seconds\"",
            })
    void rejectsAnInvalidAck(String request, EdgeError error, String text) {
        assertThatThrownBy(() -> decoder.ack(bytes(request == null ? "" : request)))
                .hasMessage(text)
                .extracting("error")
                .isEqualTo(error);
    }

    @Test
    void readsRefs() {
        assertThat(decoder.refs(bytes("{\"refs\":[{\"ref\":\"a\"},{\"ref\":\"b\"}]}")))
                .containsExactly("a", "b");
        assertThat(decoder.refs(bytes("{\"refs\":[]}"))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{}                       | Required at \"refs\"",
                "{\"refs\":null}          | Expected array, received null at \"refs\"",
                "{\"refs\":[{}]}          | Required at \"refs[0].ref\"",
                "{\"refs\":[{\"ref\":1}]} | Expected string, received number at \"refs[0].ref\"",
                "[]                       | Expected object, received array",
            })
    void rejectsInvalidRefs(String request, String text) {
        assertThatThrownBy(() -> decoder.refs(bytes(request)))
                .hasMessage(text)
                .extracting("error")
                .isEqualTo(EdgeError.MESSAGE_BODY_INVALID);
    }

    @Test
    void limitsTheNumberOfEntries() {
        String entry = "{\"lease_id\":\"a\"}";
        String half = String.join(",", Collections.nCopies(5000, entry));
        String request = "{\"acks\":[" + half + "],\"retries\":[" + half + "]}";
        assertThat(decoder.ack(bytes(request)).retries()).hasSize(5000);
        assertThatThrownBy(() -> decoder.ack(bytes(request.replace("],", ',' + entry + "],"))))
                .hasMessage("A request holds at most 10000 entries.");
        String refs = String.join(",", Collections.nCopies(10_001, "{\"ref\":\"\"}"));
        assertThatThrownBy(() -> decoder.refs(bytes("{\"refs\":[" + refs + "]}")))
                .hasMessage("A request holds at most 10000 entries.");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
