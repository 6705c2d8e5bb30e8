package dev.sluice.cli;

import static dev.sluice.RunningServer.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.GeneratedCredentials;
import dev.sluice.RunningServer;
import dev.sluice.config.StorageConfig;
import dev.sluice.store.rocksdb.StoreCheck;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BackupCommandTest {
    private static final JsonObject MESSAGE =
            new JsonObject().put("body", "hello").put("content_type", "text");

    private static final String OPERATOR = "operator-secret";

    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream errorOutput = new ByteArrayOutputStream();

    @TempDir
    Path temporary;

    private Path copy;

    @BeforeEach
    void capture() {
        copy = temporary.resolve("copy");
        System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errorOutput, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void aCopyOfARunningServerIsADataDirectoryWithAllConfirmedMessages() throws Exception {
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
    void generatedCredentialsAreCopiedToo() throws Exception {
        Path data = Files.createDirectory(temporary.resolve("data"));
        StorageConfig storage =
                new StorageConfig(StorageConfig.Engine.ROCKSDB, data, StorageConfig.DurabilityMode.FSYNC, 0);
        GeneratedCredentials generated = GeneratedCredentials.open(storage, new SecureRandom());
        Files.createDirectory(copy);

        GeneratedCredentials.copy(generated.file().orElseThrow(), copy);

        GeneratedCredentials copied = GeneratedCredentials.open(
                new StorageConfig(StorageConfig.Engine.ROCKSDB, copy, StorageConfig.DurabilityMode.FSYNC, 0),
                new SecureRandom());
        assertThat(copied.token()).isEqualTo(generated.token());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.resolve("credentials"))))
                .isEqualTo("rw-------");
    }

    @Test
    void anExistingTargetIsNotChanged() throws Exception {
        Files.createDirectory(copy);
        try (RunningServer server = serverOn(temporary.resolve("data"))) {
            assertThat(backup(server)).isEqualTo(2);
        }
        assertThat(errorOutput.toString(StandardCharsets.UTF_8))
                .endsWith("sluice: no backup was made: directory " + copy + " exists already\n");
        try (Stream<Path> files = Files.list(copy)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aMemoryStoreAndAnUnreachableServerAreOneLineAndExitCodeTwo() throws Exception {
        int port;
        try (RunningServer server = new RunningServer("auth.token=" + OPERATOR)) {
            port = server.managementPort();
            assertThat(backup(server)).isEqualTo(2);
        }
        assertThat(Main.run(
                        "backup",
                        "--management=http://127.0.0.1:" + port,
                        "--data-dir=" + temporary.resolve("made"),
                        "--to=" + copy))
                .isEqualTo(2);
        assertThat(errorOutput.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        first -> assertThat(first).contains("the store is in memory"),
                        second -> assertThat(second).startsWith("sluice: no server responds at http://127.0.0.1:"));
    }

    @Test
    void aServerWithGeneratedCredentialsIsBackedUpWithoutConfiguration() throws Exception {
        Path data = temporary.resolve("data");
        try (RunningServer server =
                serverOn(data, "auth.token=", "auth.email=", "auth.key=", "auth.tokens=[]", "queues=[]")) {
            assertThat(Main.run(
                            "backup",
                            "--management=http://127.0.0.1:" + server.managementPort(),
                            "--data-dir=" + data,
                            "--to=" + copy))
                    .isZero();
        }
        assertThat(copy.resolve("credentials")).hasSameTextualContentAs(data.resolve("credentials"));
    }

    @Test
    void aTargetThatCannotBeMadeIsNamedInOneLine() throws Exception {
        Path data = temporary.resolve("data");
        Path missing = temporary.resolve("missing").resolve("copy");
        Path file = Files.createFile(temporary.resolve("file"));
        try (RunningServer server =
                serverOn(data, "auth.token=", "auth.email=", "auth.key=", "auth.tokens=[]", "queues=[]")) {
            for (Path target : List.of(missing, file.resolve("copy"), file)) {
                assertThat(Main.run(
                                "backup",
                                "--management=http://127.0.0.1:" + server.managementPort(),
                                "--data-dir=" + data,
                                "--to=" + target))
                        .isEqualTo(2);
            }
        }
        assertThat(errorOutput.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "sluice: no backup was made: directory " + missing + " cannot be made: there is no directory "
                                + missing.getParent(),
                        "sluice: no backup was made: directory " + file.resolve("copy")
                                + " cannot be made: there is no directory " + file,
                        "sluice: no backup was made: directory " + file + " exists already");
    }

    @Test
    void credentialsOfTheEnvironmentAreTriedUntilOneIsAccepted() throws Exception {
        try (RunningServer server = serverOn(temporary.resolve("data"))) {
            Map<String, String> environment = Map.of(
                    "SLUICE_AUTH_TOKEN", "unknown",
                    "CLOUDFLARE_API_TOKEN", RunningServer.WRITER,
                    "CLOUDFLARE_EMAIL", RunningServer.EMAIL,
                    "CLOUDFLARE_API_KEY", RunningServer.KEY);
            int exitCode = new CommandLine(new BackupCommand(environment))
                    .execute(
                            "--management=http://127.0.0.1:" + server.managementPort(),
                            "--data-dir=" + temporary,
                            "--to=" + copy);
            assertThat(exitCode).isZero();
        }
        assertThat(StoreCheck.run(copy).findings().kept()).isEmpty();
    }

    @Test
    void withoutACredentialTheErrorNamesTheSources() {
        assertThat(Main.run("backup", "--data-dir=" + temporary, "--to=" + copy))
                .isEqualTo(2);
        assertThat(errorOutput.toString(StandardCharsets.UTF_8))
                .startsWith("sluice: no backup was made: there is no credential in " + temporary)
                .hasLineCount(1);
    }

    @Test
    void onlyACredentialWithAllRightsMakesACopy() throws Exception {
        try (RunningServer server = serverOn(temporary.resolve("data"))) {
            assertThat(post(server, copy, null)).isEqualTo(401);
            assertThat(post(server, copy, "unknown")).isEqualTo(401);
            assertThat(post(server, copy, RunningServer.READER)).isEqualTo(403);
            assertThat(post(server, copy, RunningServer.WRITER)).isEqualTo(403);
            assertThat(copy).doesNotExist();
            assertThat(post(server, copy, OPERATOR)).isEqualTo(200);
            assertThat(copy).isDirectory();
        }
    }

    @Test
    void aTargetInsideTheDataDirectoryIsRejectedUnderAnyName() throws Exception {
        Path data = temporary.resolve("data");
        try (RunningServer server = serverOn(data)) {
            Path link = Files.createSymbolicLink(temporary.resolve("link"), data.resolve("db"));
            Set<String> before = namesIn(data);
            assertThat(post(server, data.resolve("copy"), OPERATOR)).isEqualTo(409);
            assertThat(post(server, data.resolve("db/copy"), OPERATOR)).isEqualTo(409);
            assertThat(post(server, link.resolve("copy"), OPERATOR)).isEqualTo(409);
            assertThat(post(server, temporary.resolve("other/../data/copy"), OPERATOR))
                    .isEqualTo(400);
            assertThat(namesIn(data)).isEqualTo(before);
            assertThat(post(server, temporary.resolve("data-copy"), OPERATOR)).isEqualTo(200);
        }
    }

    private static Set<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isDirectory).map(Path::toString).collect(Collectors.toSet());
        }
    }

    private static int post(RunningServer server, Path target, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.managementPort() + "/backup?to=" + target))
                .POST(BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.discarding())
                .statusCode();
    }

    private int backup(RunningServer server) throws IOException {
        Path generated = Files.createDirectories(temporary.resolve("made"));
        Files.writeString(generated.resolve("credentials"), "account_id=" + ACCOUNT + "\ntoken=" + OPERATOR + "\n");
        return Main.run(
                "backup",
                "--management=http://127.0.0.1:" + server.managementPort(),
                "--data-dir=" + generated,
                "--to=" + copy);
    }

    private static RunningServer serverOn(Path directory, String... moreFlags) throws Exception {
        Stream<String> flags = Stream.of(
                "storage.engine=rocksdb",
                "storage.directory=" + directory,
                "storage.free_bytes_min=0",
                "auth.token=" + OPERATOR);
        return new RunningServer(Stream.concat(flags, Stream.of(moreFlags)).toArray(String[]::new));
    }

    private static int backlog(RunningServer server) throws Exception {
        String metrics = "/accounts/" + ACCOUNT + "/queues/" + server.queueId(ACCOUNT, "one") + "/metrics";
        return server.send("GET", metrics, RunningServer.bearer(RunningServer.READER), null)
                .result()
                .getInteger("backlog_count");
    }
}
