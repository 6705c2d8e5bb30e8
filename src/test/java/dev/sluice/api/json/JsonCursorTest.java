package dev.sluice.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.TestSeed;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCursorTest {
    private static final JsonFactory JACKSON = new JsonFactory();

    private final JsonCursor cursor = new JsonCursor(512);

    @Property(seed = TestSeed.PROPERTIES, tries = 5000)
    void acceptsExactlyWhatJacksonAccepts(@ForAll("texts") byte[] text) throws IOException {
        assertThat(accepts(text)).as(new String(text, StandardCharsets.UTF_8)).isEqualTo(jacksonAccepts(text));
    }

    @Provide
    Arbitrary<byte[]> texts() {
        return JsonSamples.damaged(JsonSamples.value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1e3", "1.0E-2", " {} ", "[]", "[[],{}]", "{\"a\":{},\"b\":[1]}", "\"\\u0000\""})
    void acceptsJson(String text) {
        assertThat(accepts(text.getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "01",
                "-",
                "1.",
                ".5",
                "+1",
                "1e",
                "1e+",
                "NaN",
                "Infinity",
                "'a'",
                "{a:1}",
                "[1,]",
                "{\"a\":1,}",
                "[1 2]",
                "[1}",
                "{\"a\"}",
                "{\"a\":}",
                "{1:2}",
                "tru",
                "nulll",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"",
                "\"\\",
                "\"\\u12",
                "\"\n\"",
                "\"\0\"",
                "\0",
                "1 2",
                "{}x",
                "/**/1",
                "]",
                "[",
                "{",
                "{\"",
                "[[]",
                "\u00a01"
            })
    void rejectsInputThatIsNotJson(String text) {
        assertThat(accepts(text.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void skipsAByteOrderMarkAtTheStartOnly() {
        assertThat(accepts("\ufeff{}".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(accepts("{}\ufeff".getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(accepts("{}".getBytes(StandardCharsets.UTF_16))).isFalse();
        assertThat(accepts("{}".getBytes(StandardCharsets.UTF_16LE))).isFalse();
    }

    @Test
    void rejectsEveryKindOfMalformedUtf8() {
        int[][] sequences = {
            {0x80},
            {0xc0, 0x80},
            {0xc1, 0xbf},
            {0xc2},
            {0xc2, 0x41},
            {0xe0, 0x9f, 0xbf},
            {0xe1, 0x80},
            {0xed, 0xa0, 0x80},
            {0xed, 0xbf, 0xbf},
            {0xf0, 0x8f, 0xbf, 0xbf},
            {0xf0, 0x90, 0x80},
            {0xf4, 0x90, 0x80, 0x80},
            {0xf5, 0x80, 0x80, 0x80},
            {0xff},
            {0xfe, 0xff}
        };
        for (int[] sequence : sequences) {
            byte[] text = new byte[sequence.length + 2];
            text[0] = '"';
            for (int i = 0; i < sequence.length; i++) {
                text[i + 1] = (byte) sequence[i];
            }
            text[text.length - 1] = '"';
            assertThat(accepts(text)).as("%x…", sequence[0]).isFalse();
        }
    }

    @Test
    void limitsTheDepthAndResetsItForTheNextText() {
        JsonCursor shallow = new JsonCursor(3);
        assertThat(accepts(shallow, "[[[1],{}]]".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThatThrownBy(() -> pass(shallow, "[[[[".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("Request body is nested deeper than 3 levels.")
                .extracting("error")
                .isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
        assertThat(accepts(shallow, "[[[1],{}]]".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
    }

    @Test
    void matchesAFieldNameInAnySpelling() {
        cursor.open("{\"b\\u006fdy\":1}".getBytes(StandardCharsets.UTF_8));
        assertThat(cursor.enterObject()).isTrue();
        assertThat(cursor.nameIs("body".getBytes(StandardCharsets.US_ASCII))).isTrue();
        assertThat(cursor.nameIs("bod".getBytes(StandardCharsets.US_ASCII))).isFalse();
    }

    private boolean accepts(byte[] text) {
        return accepts(cursor, text);
    }

    private static boolean accepts(JsonCursor cursor, byte[] text) {
        try {
            pass(cursor, text);
            return true;
        } catch (EdgeException e) {
            assertThat(e.error()).isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
            return false;
        }
    }

    private static void pass(JsonCursor cursor, byte[] text) {
        cursor.open(text);
        cursor.kind();
        cursor.skip();
        cursor.close();
    }

    private static boolean jacksonAccepts(byte[] text) throws IOException {
        for (byte b : text) {
            if (b == 0) {
                return false; // Jackson would take it for UTF-16 or UTF-32
            }
        }
        if (!JsonSamples.isUtf8(text)) {
            return false;
        }
        try (JsonParser parser = JACKSON.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            if (parser.currentToken().isScalarValue()) {
                parser.getText();
            }
            return parser.nextToken() == null;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return false;
        }
    }
}
