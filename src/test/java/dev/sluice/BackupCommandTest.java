package dev.sluice;

import static dev.sluice.RunningServer.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.StorageConfig;
import dev.sluice.store.rocksdb.StoreCheck;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandTest {
    private static final JsonObject MESSAGE =
            new JsonObject().put("body", "hello").put("content_type", "text");

    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

    @TempDir
    Path temporary;

    private Path copy;

    @BeforeEach
    void capture() {
        copy = temporary.resolve("copy");
        System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void aCopyOfARunningServerIsADataDirectoryWithEverythingAnsweredBefore() throws Exception {
        try (RunningServer server = serverOn(temporary.resolve("data"))) {
            server.post(ACCOUNT, "one", "", MESSAGE);
            server.post(ACCOUNT, "one", "", MESSAGE);
            assertThat(backup(server)).isZero();
            server.post(ACCOUNT, "one", "", MESSAGE);
            assertThat(backlog(server)).isEqualTo(3);
        }
        StoreCheck check = StoreCheck.run(copy);
        assertThat(check.findings().kept()).isEmpty();
        assertThat(check.totals().messages()).isEqualTo(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rwx------");

        try (RunningServer restored = serverOn(copy)) {
            assertThat(backlog(restored)).isEqualTo(2);
            assertThat(restored.post(ACCOUNT, "one", "", MESSAGE).status()).isEqualTo(200);
        }
    }

    @Test
    void madeCredentialsAreCopiedToo() throws Exception {
        Path data = Files.createDirectory(temporary.resolve("data"));
        StorageConfig storage =
                new StorageConfig(StorageConfig.Engine.ROCKSDB, data, StorageConfig.Durability.FSYNC, 0);
        Installation made = Installation.open(storage, new SecureRandom());
        Files.createDirectory(copy);

        Installation.copy(made.file().orElseThrow(), copy);

        Installation copied = Installation.open(
                new StorageConfig(StorageConfig.Engine.ROCKSDB, copy, StorageConfig.Durability.FSYNC, 0),
                new SecureRandom());
        assertThat(copied.token()).isEqualTo(made.token());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.resolve("credentials"))))
                .isEqualTo("rw-------");
    }

    @Test
    void whatIsThereAlreadyIsLeftAlone() throws Exception {
        Files.createDirectory(copy);
        try (RunningServer server = serverOn(temporary.resolve("data"))) {
            assertThat(backup(server)).isEqualTo(2);
        }
        assertThat(complained.toString(StandardCharsets.UTF_8))
                .isEqualTo("sluice: no backup was made: directory " + copy + " exists already\n");
        try (Stream<Path> files = Files.list(copy)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aStoreInMemoryAndAServerThatIsNotThereAreOneLineAndExitCodeTwo() throws Exception {
        int port;
        try (RunningServer server = new RunningServer()) {
            port = server.managementPort();
            assertThat(backup(server)).isEqualTo(2);
        }
        assertThat(Main.run("backup", "--management=http://127.0.0.1:" + port, "--to=" + copy))
                .isEqualTo(2);
        assertThat(complained.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        first -> assertThat(first).contains("the store is in memory"),
                        second -> assertThat(second).startsWith("sluice: no server answers at http://127.0.0.1:"));
    }

    @Test
    void aRequestThatAWebPageCouldSendIsRefused() throws Exception {
        try (RunningServer server = serverOn(temporary.resolve("data"))) {
            URI uri = URI.create("http://127.0.0.1:" + server.managementPort() + "/backup?to=" + copy);
            HttpClient http = HttpClient.newHttpClient();
            HttpRequest plain =
                    HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).build();
            HttpRequest get = HttpRequest.newBuilder(uri).build();
            assertThat(http.send(plain, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
            assertThat(http.send(get, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
            assertThat(copy).doesNotExist();
        }
    }

    private int backup(RunningServer server) {
        return Main.run("backup", "--management=http://127.0.0.1:" + server.managementPort(), "--to=" + copy);
    }

    private static RunningServer serverOn(Path directory) throws Exception {
        return new RunningServer(
                "storage.engine=rocksdb", "storage.directory=" + directory, "storage.free_bytes_min=0");
    }

    private static int backlog(RunningServer server) throws Exception {
        String metrics = "/accounts/" + ACCOUNT + "/queues/" + server.queueId(ACCOUNT, "one") + "/metrics";
        return server.send("GET", metrics, RunningServer.bearer(RunningServer.READER), null)
                .result()
                .getInteger("backlog_count");
    }
}
