package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestSeed;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.error.ErrorTable;
import dev.sluice.api.json.JsonSamples;
import dev.sluice.api.message.MessageDecoder;
import dev.sluice.api.message.MessageIds;
import dev.sluice.api.message.PullDecoder;
import dev.sluice.api.message.TokenDecoder;
import dev.sluice.config.MessagesConfig;
import dev.sluice.fuzz.CpuTimeBound;
import dev.sluice.queue.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** A decoder returns or throws a {@link EdgeException} for any input, with bounded work. */
class HostileInputTest {
    /**
     * Many times the time for two million bytes. A decoder with quadratic cost for a number or a list takes much
     * longer.
     */
    private static final Duration CPU_TIME_MAX = Duration.ofSeconds(10);

    private final MessageDecoder messages =
            new MessageDecoder(Limits.DOCUMENTED, MessagesConfig.DEFAULT, new MessageIds());
    private final PullDecoder pulls = new PullDecoder(Limits.DOCUMENTED);
    private final TokenDecoder tokens = new TokenDecoder(Limits.DOCUMENTED);
    private final List<Consumer<byte[]>> decoders =
            List.of(messages::single, messages::batch, pulls::pull, pulls::peek, tokens::ack, tokens::refs);

    @Property(seed = TestSeed.PROPERTIES, tries = 1000)
    void randomBytes(@ForAll byte[] bytes) {
        decodeEverywhere(bytes);
    }

    @Property(seed = TestSeed.PROPERTIES, tries = 1000)
    void damagedRequests(@ForAll("requests") byte[] bytes) {
        decodeEverywhere(bytes);
    }

    @Provide
    Arbitrary<byte[]> requests() {
        return JsonSamples.damaged(Arbitraries.of(
                "{\"body\":{\"a\":[1,2.5e3,\"\\ud83d\\ude00\"]},\"content_type\":\"json\",\"delay_seconds\":30}",
                "{\"messages\":[{\"body\":\"é😀\",\"content_type\":\"text\"},{\"body\":null}],\"delay_seconds\":1}",
                "{\"batch_size\":10,\"visibility_timeout_ms\":20000}",
                "{\"acks\":[{\"lease_id\":\"a\"}],\"retries\":[{\"lease_id\":\"b\",\"delay_seconds\":1}]}",
                "{\"refs\":[{\"ref\":\"a\"}]}"));
    }

    @Test
    void aRequestTruncatedAtAnyByteIsMalformed() {
        byte[] whole = "{\"body\":{\"a\":[1,2.5e3,\"\\ud83d\\ude00é😀\"],\"b\":null},\"content_type\":\"json\"}"
                .getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> messages.single(cut))
                    .extracting("error")
                    .isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
        }
        assertThatCode(() -> messages.single(whole)).doesNotThrowAnyException();
    }

    @Test
    void deepNestingIsRefusedOpenAndClosed() {
        for (String opening : List.of("[", "{\"a\":")) {
            String open = opening.repeat(10_000);
            decodeEverywhere(bytes(open));
            assertMalformed("{\"body\":" + open);
            assertMalformed("{\"body\":" + open + '0' + (opening.equals("[") ? "]" : "}").repeat(10_000) + '}');
        }
        String allowed = "[".repeat(511) + "]".repeat(511);
        assertThat(messages.single(bytes("{\"body\":" + allowed + '}')).body()).isEqualTo(bytes(allowed));
        assertMalformed("{\"body\":[" + allowed + "]}");
    }

    @Test
    void theCostOfHugeNumbersIsLinear() {
        String digits = "9".repeat(2_000_000);
        CpuTimeBound.within(CPU_TIME_MAX, () -> {
            assertError("{\"body\":1,\"delay_seconds\":" + digits + '}', EdgeError.MESSAGE_METADATA_INVALID);
            assertError("{\"body\":1,\"delay_seconds\":0.5" + digits + '}', EdgeError.MESSAGE_METADATA_INVALID);
            assertError("{\"body\":1,\"delay_seconds\":1e" + digits + '}', EdgeError.MESSAGE_METADATA_INVALID);
            decodeEverywhere(bytes("{\"batch_size\":" + digits + '}'));
        });
        String number = "-1." + "7".repeat(100_000);
        assertThat(messages.single(bytes("{\"body\":" + number + '}')).body()).isEqualTo(bytes(number));
    }

    @Test
    void theCostOfManySmallValuesIsLinear() {
        CpuTimeBound.within(CPU_TIME_MAX, () -> {
            decodeEverywhere(bytes("{\"messages\":[" + "{\"body\":1},".repeat(180_000) + "{}]}"));
            decodeEverywhere(bytes("{\"messages\":[" + "1,".repeat(1_000_000) + "1]}"));
            decodeEverywhere(bytes("{\"acks\":[" + "{\"lease_id\":\"\"},".repeat(120_000) + "{}]}"));
            decodeEverywhere(bytes("{" + "\"body\":1,".repeat(200_000) + "\"body\":1}"));
            decodeEverywhere(bytes("{" + "\"messages\":[{\"body\":1}],".repeat(80_000) + "\"body\":1}"));
        });
    }

    @Test
    void malformedUtf8IsMalformedAtEveryPosition() {
        for (String position :
                List.of("{\"body\":\"?\",\"content_type\":\"text\"}", "{\"body\":1,\"?\":1}", "{?\"body\":1}")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (char c : position.toCharArray()) {
                bytes.write(c == '?' ? 0xff : c);
            }
            assertThatThrownBy(() -> messages.single(bytes.toByteArray()))
                    .extracting("error")
                    .isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
        }
    }

    @Test
    void aByteOrderMarkIsSkippedAndUtf16IsMalformed() {
        assertThat(messages.single(bytes("\ufeff{\"body\":1}")).body()).isEqualTo(bytes("1"));
        assertThatThrownBy(() -> messages.single("{\"body\":1}".getBytes(StandardCharsets.UTF_16)))
                .extracting("error")
                .isEqualTo(EdgeError.MESSAGE_BODY_MALFORMED);
    }

    private void assertMalformed(String request) {
        assertError(request, EdgeError.MESSAGE_BODY_MALFORMED);
    }

    private void assertError(String request, EdgeError error) {
        assertThatThrownBy(() -> messages.single(bytes(request)))
                .extracting("error")
                .isEqualTo(error);
    }

    private void decodeEverywhere(byte[] bytes) {
        byte[] before = bytes.clone();
        for (Consumer<byte[]> decoder : decoders) {
            try {
                decoder.accept(bytes);
            } catch (EdgeException e) {
                assertThat(ErrorTable.of(e.error()).status()).isBetween(400, 499);
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(bytes).isEqualTo(before);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
