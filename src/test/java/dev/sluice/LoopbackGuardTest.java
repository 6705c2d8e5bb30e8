package dev.sluice;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackGuardTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
    void withoutAConfiguredCredentialTheApiListensOnLoopbackOnly(String host) {
        assertThatThrownBy(() -> Server.start(config("http.host=" + host)))
                .isInstanceOf(StartException.class)
                .hasMessage("http.host " + host + " can be reached by other machines, but no credential is configured;"
                        + " set auth.token, auth.tokens, or auth.email and auth.key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    void loopbackNeedsNoConfiguredCredential(String host) {
        assertThatCode(() -> LoopbackGuard.refuseWithoutCredentials(config("http.host=" + host)))
                .doesNotThrowAnyException();
    }

    @Test
    void anyConfiguredCredentialIsSufficient() {
        assertAllowed("auth.token=a-token");
        assertAllowed("auth.email=me@example.com", "auth.key=a-key");
        assertAllowed("auth.tokens=[{name: ci, sha256: " + "ab".repeat(32) + ", accounts: ['*'], access: write}]");
    }

    @Test
    void theManagementPortMayListenOnAnyAddress() {
        assertThatCode(() -> LoopbackGuard.refuseWithoutCredentials(config("management.host=0.0.0.0")))
                .doesNotThrowAnyException();
    }

    private static void assertAllowed(String... flags) {
        List<String> all = new ArrayList<>(List.of(flags));
        all.add("http.host=0.0.0.0");
        assertThatCode(() -> LoopbackGuard.refuseWithoutCredentials(config(all.toArray(String[]::new))))
                .doesNotThrowAnyException();
    }

    private static ServerConfig config(String... flags) {
        return ConfigLoader.load(null, Map.of(), List.of(flags));
    }
}
