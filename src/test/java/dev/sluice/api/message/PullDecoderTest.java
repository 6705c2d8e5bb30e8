package dev.sluice.api.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.error.EdgeError;
import dev.sluice.queue.Limits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullDecoderTest {
    private final PullDecoder decoder = new PullDecoder(Limits.DOCUMENTED);

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "                                                              | 0   | 0",
                "{}                                                            | 0   | 0",
                "{\"batch_size\":1,\"visibility_timeout_ms\":1}                | 1   | 1",
                "{\"batch_size\":100,\"visibility_timeout_ms\":43200000}       | 100 | 43200000",
                "{\"batch_size\":1e1,\"visibility_timeout_ms\":6000.0}         | 10  | 6000",
                "{\"batch_size\":null,\"visibility_timeout_ms\":null}          | 0   | 0",
                "{\"visibility_timeout\":6000}                                 | 0   | 6000",
                "{\"visibility_timeout_ms\":7000,\"visibility_timeout\":6000}  | 0   | 7000",
                "{\"visibility_timeout\":6000,\"visibility_timeout_ms\":null}  | 0   | 6000",
                "{\"other\":true}                                              | 0   | 0",
            })
    void readsAPull(String request, int batchSize, int visibilityTimeoutMillis) {
        byte[] bytes = bytes(request);
        assertThat(decoder.pull(bytes)).isEqualTo(new PullDecoder.PullRequest(batchSize, visibilityTimeoutMillis));
        assertThat(decoder.peek(bytes)).isEqualTo(batchSize);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "' '                                   | MESSAGE_BODY_MALFORMED | Request body is not valid JSON.",
                "{\"batch_size\":0}{                   | MESSAGE_BODY_MALFORMED | Request body is not valid JSON.",
                "[]                                    | MESSAGE_BODY_INVALID   | Expected object, received array",
                "{\"batch_size\":0}                    | MESSAGE_BODY_INVALID   | Expected integer from 1 to 100 at \"batch_size\"",
                "{\"batch_size\":101}                  | MESSAGE_BODY_INVALID   | Expected integer from 1 to 100 at \"batch_size\"",
                "{\"batch_size\":1.5}                  | MESSAGE_BODY_INVALID   | Expected integer from 1 to 100 at \"batch_size\"",
                "{\"batch_size\":\"5\"}                | MESSAGE_BODY_INVALID   | Expected number, received string at \"batch_size\"",
                "{\"visibility_timeout_ms\":0}         | MESSAGE_BODY_INVALID   | Expected integer from 1 to 43200000 at \"visibility_timeout_ms\"",
                "{\"visibility_timeout_ms\":43200001}  | MESSAGE_BODY_INVALID   | Expected integer from 1 to 43200000 at \"visibility_timeout_ms\"",
                "{\"visibility_timeout\":[]}           | MESSAGE_BODY_INVALID   | Expected number, received array at \"visibility_timeout\"",
            })
    void rejectsAnInvalidPull(String request, EdgeError error, String text) {
        assertThatThrownBy(() -> decoder.pull(bytes(request)))
                .hasMessage(text)
                .extracting("error")
                .isEqualTo(error);
    }

    private static byte[] bytes(String text) {
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }
}
