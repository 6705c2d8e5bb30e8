package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static String state(String header) {
        return TraceContext.parse(PARENT, header).state();
    }

    @Test
    void aHeaderIsReadAndWrittenBack() {
        TraceContext context = TraceContext.parse(PARENT, null);

        assertThat(context.traceparent()).isEqualTo(PARENT);
        assertThat(context.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(context.spanIdText()).isEqualTo("b7ad6b7169203331");
        assertThat(context.isSampled()).isTrue();
        assertThat(context.state()).isEmpty();
    }

    @Test
    void onlyKnownFlagsAreKept() {
        String unknown = PARENT.substring(0, 53) + "fe";

        assertThat(TraceContext.parse(unknown, null).traceparent()).endsWith("-02");
    }

    @Test
    void aLaterVersionIsReadAsThisOne() {
        String later = "cc" + PARENT.substring(2);

        assertThat(TraceContext.parse(later, null).traceparent()).isEqualTo(PARENT);
        assertThat(TraceContext.parse(later + "-what-the-future-will-be", null).traceparent())
                .isEqualTo(PARENT);
        assertThat(TraceContext.parse(later + ".what", null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void aMalformedParentIsNoContext(String header) {
        assertThat(TraceContext.parse(header, "a=1")).isNull();
    }

    @Test
    void aParentOfAnyLengthIsBounded() {
        assertThat(TraceContext.parse("cc" + PARENT.substring(2) + "-" + "x".repeat(100_000), null))
                .isNull();
    }

    @Test
    void theStateIsKeptWithoutOptionalSpaces() {
        assertThat(state("rojo=00f067aa0ba902b7 ,\t congo=t61rcWkgMzE,, a@b=~ !x "))
                .isEqualTo("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,a@b=~ !x");
        assertThat(state("")).isEmpty();
        assertThat(state(" , ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "a=", "=1", "A=1", "a=1=2", "a=1,a=2", "a=\u00e4", "a=\u0001", "a b=1", "a=<\n>", "a@B=1"})
    void aMalformedStateIsDroppedAndTheParentKept(String header) {
        assertThat(state(header)).isEmpty();
    }

    @Test
    void membersAtTheEndAreDroppedBeyondTheBound() {
        String first = "a=" + "x".repeat(250);
        String second = "b=" + "y".repeat(250);

        assertThat(state(first + "," + second)).hasSize(505);
        assertThat(state(first + "," + second + ",c=1234567890,d=1")).isEqualTo(first + "," + second);
        assertThat(state("x=1," + "a".repeat(100_000))).isEmpty();
    }

    @Test
    void moreMembersThanTheStandardAllowsAreDropped() {
        assertThat(state(members(32))).contains("k31=v");
        assertThat(state(members(33))).isEmpty();
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining(","));
    }
}
