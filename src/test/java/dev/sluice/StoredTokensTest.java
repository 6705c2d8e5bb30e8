package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer.Reply;
import dev.sluice.config.ConfigLoader;
import dev.sluice.runtime.SettableClocks;
import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are created and revoked while the server runs. */
class StoredTokensTest {
    private static final String TOKENS = "/sluice/v1/tokens";
    private static final String CALLER = "/sluice/v1/caller";
    private static final Map<String, String> OWNER =
            Map.of("X-Auth-Email", RunningServer.EMAIL, "X-Auth-Key", RunningServer.KEY);

    private static JsonObject create(RunningServer server, JsonObject body) throws Exception {
        Reply created = server.sendTo("POST", TOKENS, OWNER, body.encode());
        assertThat(created.status()).as(created.envelope().encode()).isEqualTo(200);
        return created.result();
    }

    private static JsonObject spec(String name, String account, String access) {
        return new JsonObject()
                .put("name", name)
                .put("accounts", new JsonArray().add(account))
                .put("access", access);
    }

    private static int status(RunningServer server, String token) throws Exception {
        return server.sendTo("GET", CALLER, RunningServer.bearer(token), null).status();
    }

    private static JsonObject shown(RunningServer server, String name) throws Exception {
        return server.sendTo("GET", TOKENS, OWNER, null).envelope().getJsonArray("result").stream()
                .map(JsonObject.class::cast)
                .filter(token -> token.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTokenIsValidFromItsCreationToItsRevocationAndHasItsRightsOnly() throws Exception {
        try (RunningServer server = new RunningServer()) {
            JsonObject created = create(server, spec("reports", RunningServer.ACCOUNT, "read"));
            String token = created.getString("token");
            Map<String, String> bearer = RunningServer.bearer(token);
            String queues = "/accounts/" + RunningServer.ACCOUNT + "/queues";

            assertThat(server.send("GET", queues, bearer, null).status()).isEqualTo(200);
            assertThat(server.send("POST", queues, bearer, "{}").status()).isEqualTo(403);
            assertThat(server.send("GET", "/accounts/" + RunningServer.OTHER_ACCOUNT + "/queues", bearer, null)
                            .status())
                    .isEqualTo(403);
            assertThat(server.sendTo("GET", TOKENS, bearer, null).status()).isEqualTo(403);
            assertThat(shown(server, "reports").getString("last_used_at")).isNotNull();
            assertThat(server.sendTo("GET", TOKENS, OWNER, null).envelope().encode())
                    .contains("\"writer\"")
                    .doesNotContain(token)
                    .doesNotContain("sha256");

            Reply revoked = server.sendTo("DELETE", TOKENS + "/" + created.getString("id"), OWNER, null);
            assertThat(revoked.result().getString("name")).isEqualTo("reports");
            // The client keeps its connection, so this is the one that was accepted before.
            assertThat(server.send("GET", queues, bearer, null).status()).isEqualTo(403);
            assertThat(server.sendTo("DELETE", TOKENS + "/" + created.getString("id"), OWNER, null)
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void aSessionOfTheConsoleEndsWithItsToken() throws Exception {
        try (RunningServer server = new RunningServer()) {
            JsonObject created = create(server, spec("operator", RunningServer.ACCOUNT, "write"));
            String code = server.sendTo(
                            "POST", "/sluice/v1/console/codes", RunningServer.bearer(created.getString("token")), null)
                    .result()
                    .getString("code");
            String session = server.sendTo("POST", "/console/session", Map.of("sluice-console-code", code), null)
                    .envelope()
                    .getString("session");
            assertThat(status(server, session)).isEqualTo(200);

            server.sendTo("DELETE", TOKENS + "/" + created.getString("id"), OWNER, null);
            assertThat(status(server, session)).isEqualTo(403);
            // Another token of the same name and rights does not bring it back.
            create(server, spec("operator", RunningServer.ACCOUNT, "write"));
            assertThat(status(server, session)).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"x\",\"accounts\":[],\"access\":\"read\"}",
                "{\"name\":\"x\",\"accounts\":[\"*\"],\"access\":\"all\"}",
                "{\"name\":\"x\",\"accounts\":[\"ABC\"],\"access\":\"read\"}",
                "{\"name\":\"\\u001b[2J\",\"accounts\":[\"*\"],\"access\":\"read\"}",
                "{\"name\":\"\\u202ex\",\"accounts\":[\"*\"],\"access\":\"read\"}",
                "{\"name\":\" x\",\"accounts\":[\"*\"],\"access\":\"read\"}",
                "{\"name\":\"x\",\"accounts\":[\"*\"],\"access\":\"read\",\"expires_in_seconds\":0}",
                "{\"name\":\"x\",\"accounts\":[\"*\"],\"access\":\"read\",\"expires_in_seconds\":1.5}"
            })
    void aTokenThatIsNotWellDescribedIsRefused(String body) throws Exception {
        try (RunningServer server = new RunningServer()) {
            Reply refused = server.sendTo("POST", TOKENS, OWNER, body);
            assertThat(refused.status() + "/" + refused.code()).isEqualTo("400/10026");
        }
    }

    @Test
    void theNameOfATokenIsUsedOnce() throws Exception {
        try (RunningServer server = new RunningServer()) {
            create(server, spec("one", "*", "read"));
            assertThat(server.sendTo(
                                    "POST",
                                    TOKENS,
                                    OWNER,
                                    spec("one", "*", "write").encode())
                            .code())
                    .isEqualTo(10026);
        }
    }

    @Test
    void tokensSurviveARestartHashedAndExpire(@TempDir Path directory) throws Exception {
        SettableClocks clocks = new SettableClocks();
        String soon;
        String endless;
        try (SettableServer server = new SettableServer(directory, clocks)) {
            soon = server.create(spec("soon", "*", "write").put("expires_in_seconds", 60));
            endless = server.create(spec("endless", "*", "read"));
            clocks.pass(59_000);
            assertThat(server.status(soon)).isEqualTo(200);
        }
        try (SettableServer server = new SettableServer(directory, clocks)) {
            assertThat(server.status(soon)).isEqualTo(200);
            assertThat(server.status(endless)).isEqualTo(200);
            clocks.pass(1_000);
            assertThat(server.status(soon)).isEqualTo(403);
            assertThat(server.status(endless)).isEqualTo(200);
            assertThat(server.send("GET", TOKENS, "own", null).encode())
                    .contains("\"expired\":true", "\"expired\":false");
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(soon, endless);
            }
        }
    }

    /** A server with files and a clock of its own. */
    private static final class SettableServer implements AutoCloseable {
        private final Server server;

        SettableServer(Path directory, SettableClocks clocks) {
            server = TestTimeout.get(Server.start(
                    ConfigLoader.load(
                            null,
                            Map.of(),
                            List.of(
                                    "http.port=0",
                                    "management.port=0",
                                    "storage.directory=" + directory,
                                    "auth.token=own")),
                    new ContinuousClock(clocks)));
        }

        String create(JsonObject body) throws Exception {
            return send("POST", TOKENS, "own", body).getJsonObject("result").getString("token");
        }

        int status(String token) throws Exception {
            return exchange("GET", CALLER, token, null).statusCode();
        }

        JsonObject send(String method, String path, String token, JsonObject body) throws Exception {
            return new JsonObject(exchange(method, path, token, body).body());
        }

        private HttpResponse<String> exchange(String method, String path, String token, JsonObject body)
                throws Exception {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                                    .header("Authorization", "Bearer " + token)
                                    .method(
                                            method,
                                            body == null
                                                    ? BodyPublishers.noBody()
                                                    : BodyPublishers.ofString(body.encode()))
                                    .build(),
                            BodyHandlers.ofString());
        }

        @Override
        public void close() {
            TestTimeout.get(server.close());
        }
    }
}
