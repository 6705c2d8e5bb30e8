package dev.sluice.api.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestSeed;
import dev.sluice.queue.LeaseId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTokensTest {
    private final LeaseTokens tokens = new LeaseTokens(key(1));
    private final LeaseTokens elsewhere = new LeaseTokens(key(2));

    private static byte[] key(int seed) {
        byte[] key = new byte[32];
        key[0] = (byte) seed;
        return key;
    }

    @Property(seed = TestSeed.PROPERTIES)
    void aTokenDecodesToWhatWasEncoded(
            @ForAll @LongRange(min = 1) long queue,
            @ForAll @LongRange(min = 1) long seq,
            @ForAll @IntRange(min = 0) int delivery) {
        String lease = tokens.encode(LeaseTokens.TokenKind.LEASE, queue, seq, delivery);
        String ref = tokens.encode(LeaseTokens.TokenKind.REF, queue, seq, delivery);
        assertThat(lease).matches("lse1\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{22}").hasSizeLessThanOrEqualTo(64);
        assertThat(ref).matches("ref1\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{22}");
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, queue, lease)).isEqualTo(new LeaseId(seq, delivery));
        assertThat(tokens.decode(LeaseTokens.TokenKind.REF, queue, ref)).isEqualTo(new LeaseId(seq, delivery));
    }

    @Property(seed = TestSeed.PROPERTIES)
    void noOtherKindQueueOrInstallationAcceptsIt(
            @ForAll @LongRange(min = 1) long queue,
            @ForAll @LongRange(min = 1) long otherQueue,
            @ForAll @LongRange(min = 1) long seq,
            @ForAll @IntRange(min = 1) int delivery) {
        String lease = tokens.encode(LeaseTokens.TokenKind.LEASE, queue, seq, delivery);
        assertThat(tokens.decode(LeaseTokens.TokenKind.REF, queue, lease)).isNull();
        assertThat(tokens.decode(LeaseTokens.TokenKind.REF, queue, "ref1" + lease.substring(4)))
                .isNull();
        assertThat(elsewhere.decode(LeaseTokens.TokenKind.LEASE, queue, lease)).isNull();
        if (otherQueue != queue) {
            assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, otherQueue, lease))
                    .isNull();
        }
    }

    @Property(seed = TestSeed.PROPERTIES)
    void everyFlippedBitIsDetected(
            @ForAll @LongRange(min = 1, max = 1000) long queue,
            @ForAll @LongRange(min = 1) long seq,
            @ForAll @IntRange(min = 1, max = 100) int delivery,
            @ForAll @IntRange(min = 0) int position,
            @ForAll @IntRange(min = 0, max = 15) int bit) {
        String lease = tokens.encode(LeaseTokens.TokenKind.LEASE, queue, seq, delivery);
        StringBuilder flipped = new StringBuilder(lease);
        int at = position % lease.length();
        flipped.setCharAt(at, (char) (lease.charAt(at) ^ 1 << bit));
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, queue, flipped.toString()))
                .isNull();
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, queue, lease.substring(0, at)))
                .isNull();
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, queue, lease + flipped.charAt(at)))
                .isNull();
    }

    @Property(seed = TestSeed.PROPERTIES)
    void anyTextIsDecodedWithoutFailure(@ForAll String text) {
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, 1, text)).isNull();
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, 1, "lse1." + text))
                .isNull();
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, 1, "lse1." + text + ".AAAAAAAAAAAAAAAAAAAAAA"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "lse1",
                "lse1.",
                "lse1..",
                "lse1.AQEB",
                "lse1.AQEB.",
                "lse1.AQEB.AAAAAAAAAAAAAAAAAAAAAA",
                "lse1.____________________________________.x",
                "lse1.gICAgICAgICAgICAgICAgICAgICAgICA.x",
                "not-a-lease"
            })
    void aTokenThatItDidNotIssueIsInvalid(String token) {
        assertThat(tokens.decode(LeaseTokens.TokenKind.LEASE, 1, token)).isNull();
    }

    @Test
    void aTokenIsValidForAnotherInstanceWithTheSameKey() {
        String lease = tokens.encode(LeaseTokens.TokenKind.LEASE, 7, 8, 9);
        assertThat(new LeaseTokens(key(1)).decode(LeaseTokens.TokenKind.LEASE, 7, lease))
                .isEqualTo(new LeaseId(8, 9));
    }

    @Test
    void aShortKeyIsRefused() {
        assertThatThrownBy(() -> new LeaseTokens(new byte[15])).isInstanceOf(IllegalArgumentException.class);
    }
}
