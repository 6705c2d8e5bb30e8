package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.control.JsonBody;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.message.MessageDecoder;
import dev.sluice.api.message.MessageIds;
import dev.sluice.api.message.PullDecoder;
import dev.sluice.api.message.TokenDecoder;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueException;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that decodes bodies refuses a body that is not UTF-8, with a message that says so. */
class BodyEncodingTest {
    private static final MessageDecoder MESSAGES =
            new MessageDecoder(Limits.DOCUMENTED, MessagesConfig.DEFAULT, new MessageIds());
    private static final PullDecoder PULLS = new PullDecoder(Limits.DOCUMENTED);
    private static final TokenDecoder TOKENS = new TokenDecoder(Limits.DOCUMENTED);
    private static final List<Consumer<byte[]>> READERS = List.of(
            MESSAGES::single,
            MESSAGES::batch,
            PULLS::pull,
            PULLS::peek,
            TOKENS::ack,
            TOKENS::refs,
            bytes -> JsonBody.read(Buffer.buffer(bytes)));

    static Stream<byte[]> bodies() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write("{\"body\":\"a\"}".getBytes(StandardCharsets.UTF_8));
        }
        return Stream.of(
                "{\"body\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1),
                "{\"\u00e4\":1}".getBytes(StandardCharsets.ISO_8859_1),
                "{\"body\":\"\u20ac\"}".getBytes(Charset.forName("windows-1252")),
                // The cursor stops long before the bytes that are not UTF-8
                "{body:\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1),
                "{\"body\":\"a\"}".getBytes(StandardCharsets.UTF_16),
                gzip.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void inputThatIsNotUtf8IsRefusedWithThatReason(byte[] body) {
        for (Consumer<byte[]> reader : READERS) {
            assertThatThrownBy(() -> reader.accept(body))
                    .isInstanceOfAny(QueueException.class, EdgeException.class)
                    .hasMessageContaining("UTF-8");
        }
    }

    /** Jackson would accept it, as it guesses encodings. */
    @Test
    void utf16WithoutAByteOrderMarkIsNotJson() {
        for (Consumer<byte[]> reader : READERS) {
            assertThatThrownBy(() -> reader.accept("{\"a\":1}".getBytes(StandardCharsets.UTF_16BE)))
                    .isInstanceOfAny(QueueException.class, EdgeException.class)
                    .hasMessageContaining("JSON");
        }
    }

    @Test
    void aByteOrderMarkIsSkipped() {
        assertThat(JsonBody.read(Buffer.buffer("\ufeff{\"\u00e4\":\"\ud83d\ude00\"}"))
                        .getString("\u00e4"))
                .isEqualTo("\ud83d\ude00");
    }
}
