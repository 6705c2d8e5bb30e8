package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class InternalKeyTest {
    private static final byte[] INSTALLATION = "an installation".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BODY = "body".getBytes(StandardCharsets.UTF_8);
    private static final long NOW = 1_000_000;

    private final InternalKey key = new InternalKey(INSTALLATION, "secret");
    private final String signature = key.sign(NOW, "/call", BODY);

    @Test
    void aSignatureIsValidForItsRequestAndForAMinute() {
        assertThat(key.isValid(signature, NOW, NOW, "/call", BODY)).isTrue();
        assertThat(key.isValid(signature, NOW, NOW + InternalKey.VALID_MILLIS, "/call", BODY))
                .isTrue();
        assertThat(key.isValid(signature, NOW, NOW + InternalKey.VALID_MILLIS + 1, "/call", BODY))
                .isFalse();
        assertThat(key.isValid(signature, NOW, NOW - InternalKey.VALID_MILLIS - 1, "/call", BODY))
                .isFalse();
    }

    @Test
    void nothingOfTheRequestCanBeChanged() {
        assertThat(key.isValid(signature, NOW + 1, NOW, "/call", BODY)).isFalse();
        assertThat(key.isValid(signature, NOW, NOW, "/apply", BODY)).isFalse();
        assertThat(key.isValid(signature, NOW, NOW, "/call", new byte[0])).isFalse();
    }

    @Test
    void anotherInstallationOrAnotherConfiguredKeySignsDifferently() {
        assertThat(new InternalKey(INSTALLATION, "").isValid(signature, NOW, NOW, "/call", BODY))
                .isFalse();
        assertThat(new InternalKey(BODY, "secret").isValid(signature, NOW, NOW, "/call", BODY))
                .isFalse();
    }

    @Test
    void whatIsNoSignatureIsRefused() {
        assertThat(key.isValid("", NOW, NOW, "/call", BODY)).isFalse();
        assertThat(key.isValid("z".repeat(64), NOW, NOW, "/call", BODY)).isFalse();
        assertThat(key.isValid("0".repeat(64), NOW, NOW, "/call", BODY)).isFalse();
    }
}
