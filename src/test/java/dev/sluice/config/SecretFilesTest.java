package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in files, as Docker and Kubernetes mount them. */
class SecretFilesTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("secret"), "a-secret-of-sixteen-chars\r\n");
    }

    @Test
    void eachSecretCanBeInAFile() {
        ServerConfig config = ConfigLoader.load(
                null,
                Map.of("SLUICE_AUTH_TOKEN_FILE", file.toString(), "SLUICE_AUTH_KEY_FILE", file.toString()),
                List.of("auth.email=me@example.com", workers("key_file: '" + file + "'")));

        Secret secret = new Secret("a-secret-of-sixteen-chars");
        assertThat(config.auth().token()).contains(secret);
        assertThat(config.auth().emailAndKey().orElseThrow().key()).isEqualTo(secret);
        assertThat(config.workers().get("w").key()).isEqualTo(secret);
        assertThat(config.toString()).doesNotContain(secret.value());
    }

    @Test
    void allFilesThatAreReadAreKnownToTheWatcher() throws IOException {
        Path yaml = Files.writeString(
                directory.resolve("sluice.yaml"),
                "auth: {token_file: '" + file + "'}\nworkers: {w: {url: 'http://127.0.0.1:1', key_file: '" + file
                        + "'}}\n");
        assertThat(ConfigLoader.files(yaml, Map.of(), List.of())).containsExactly(yaml, file, file);
        Files.writeString(yaml, "nonsense: 1");
        assertThat(ConfigLoader.files(yaml, Map.of(), List.of())).containsExactly(yaml);
    }

    @Test
    void aSecretThatIsSetTwiceIsRefused() {
        assertRefused("auth.token (--set) and auth.token_file (--set) are both set", "auth.token=x", tokenFile(file));
        assertRefused("workers.w.key_file", workers("key: a-key-of-sixteen-chars, key_file: '" + file + "'"));
    }

    @Test
    void aFileThatHoldsNoSecretIsRefusedByNameWithoutItsContent() throws IOException {
        assertRefused("auth.token_file (--set) names a file that cannot be read", tokenFile(directory.resolve("none")));
        assertRefused("auth.token_file (--set) names a file that cannot be read", tokenFile(directory));
        for (String content : List.of("", "\n", "two words", "line\nline", "caf\u00e9", "x".repeat(5_000))) {
            Files.writeString(file, content);
            assertRefused("auth.token_file (--set) must name a file with one line", tokenFile(file));
        }
        Files.writeString(file, "short");
        assertRefused(
                "workers.w.key_file (--set) must have at least 16 characters", workers("key_file: '" + file + "'"));
    }

    private static String tokenFile(Path path) {
        return "auth.token_file=" + path;
    }

    private static String workers(String key) {
        return "workers={w: {url: 'http://127.0.0.1:1', " + key + "}}";
    }

    private static void assertRefused(String message, String... flags) {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(), List.of(flags)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("two words");
    }
}
