package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cli.StartupBanner;
import dev.sluice.config.StorageConfig;
import dev.sluice.config.StorageConfig.DurabilityMode;
import dev.sluice.config.StorageConfig.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedCredentialsTest {
    @TempDir
    private Path directory;

    @Test
    void aLaterStartUsesTheAccountAndTokenOfTheFirst() throws IOException {
        GeneratedCredentials first = open(Engine.ROCKSDB);
        GeneratedCredentials second = open(Engine.ROCKSDB);

        assertThat(first.isNew()).isTrue();
        assertThat(first.accountId()).matches("[0-9a-f]{32}");
        assertThat(second.isNew()).isFalse();
        assertThat(second.accountId()).isEqualTo(first.accountId());
        assertThat(second.token()).isEqualTo(first.token());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("credentials"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void theMemoryEngineDoesNotStoreCredentials() throws IOException {
        GeneratedCredentials first = open(Engine.MEMORY);

        assertThat(first.file()).isEmpty();
        assertThat(open(Engine.MEMORY).token()).isNotEqualTo(first.token());
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void damagedCredentialsAreRejectedAndNotChanged() throws IOException {
        Path file = Files.writeString(directory.resolve("credentials"), "account_id=me\n");

        assertThatThrownBy(() -> open(Engine.ROCKSDB))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("damaged");
        assertThat(file).hasContent("account_id=me\n");
    }

    @Test
    void theBannerShowsTheTokenAtTheFirstStartOnly() {
        GeneratedCredentials first = open(Engine.ROCKSDB);
        String token = first.token().value();

        assertThat(new StartupBanner("http://127.0.0.1:8080", first).toString())
                .contains("export CLOUDFLARE_API_TOKEN=" + token)
                .contains("export CLOUDFLARE_BASE_URL=http://127.0.0.1:8080/client/v4\n")
                .contains("export CLOUDFLARE_API_BASE_URL=http://127.0.0.1:8080/client/v4\n")
                .contains("export CLOUDFLARE_ACCOUNT_ID=" + first.accountId());
        assertThat(new StartupBanner("http://127.0.0.1:8080", open(Engine.ROCKSDB)).toString())
                .doesNotContain(token)
                .contains(directory.resolve("credentials").toString());
    }

    private GeneratedCredentials open(Engine engine) {
        return GeneratedCredentials.open(
                new StorageConfig(engine, directory, DurabilityMode.FSYNC, 0), new SecureRandom());
    }
}
