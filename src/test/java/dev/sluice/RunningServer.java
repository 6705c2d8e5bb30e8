package dev.sluice;

import dev.sluice.api.auth.Credentials;
import dev.sluice.config.ConfigLoader;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.metrics.MetricDescription;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A complete server in memory on free ports, with one credential of each kind and queues of two accounts. */
public final class RunningServer implements AutoCloseable {
    public static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    static final String OTHER_ACCOUNT = "fedcba9876543210fedcba9876543210";
    public static final String WRITER = "writer-secret-1";
    public static final String READER = "reader-secret-2";
    static final String STRANGER = "stranger-secret-3";
    public static final String EMAIL = "owner@example.com";
    public static final String KEY = "owner-key-4";

    /** A response of the API. */
    public record Reply(int status, JsonObject envelope) {
        /** The first error code, 0 if there is none. */
        int code() {
            JsonArray errors = envelope.getJsonArray("errors");
            return errors.isEmpty() ? 0 : errors.getJsonObject(0).getInteger("code");
        }

        public JsonObject result() {
            return envelope.getJsonObject("result");
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final Server server;

    public RunningServer(String... moreFlags) throws Exception {
        this(Map.of(), moreFlags);
    }

    /** The same with these environment variables, of which only those of OpenTelemetry are read. */
    RunningServer(Map<String, String> environment, String... moreFlags) throws Exception {
        List<String> flags = new ArrayList<>(List.of(
                "http.port=0",
                "http.event_loops=1",
                "management.port=0",
                "storage.engine=memory",
                "auth.email=" + EMAIL,
                "auth.key=" + KEY,
                "auth.tokens=[" + token("writer", WRITER, ACCOUNT, "write") + ", "
                        + token("reader", READER, ACCOUNT, "read") + ", "
                        + token("stranger", STRANGER, OTHER_ACCOUNT, "write") + "]",
                "queues=[" + queue(ACCOUNT, "one") + ", " + queue(ACCOUNT, "two") + ", " + queue(OTHER_ACCOUNT, "three")
                        + "]"));
        flags.addAll(List.of(moreFlags));
        server = Server.start(ConfigLoader.load(null, Map.of(), flags), ContinuousClock.ofMachine(), environment)
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    /** Sends a request with these headers. */
    public Reply send(String method, String path, Map<String, String> headers, String body) throws Exception {
        return sendTo(method, "/client/v4" + path, headers, body);
    }

    /** The same to any path of the API's port. */
    Reply sendTo(String method, String path, Map<String, String> headers, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        headers.forEach(request::header);
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Reply(response.statusCode(), new JsonObject(response.body()));
    }

    /** Posts to a path below {@code messages} of a queue, with the credentials of its account. */
    public Reply post(String accountId, String queueName, String path, JsonObject body) throws Exception {
        String token = accountId.equals(ACCOUNT) ? WRITER : STRANGER;
        String messages = "/accounts/" + accountId + "/queues/" + queueId(accountId, queueName) + "/messages" + path;
        return send("POST", messages, bearer(token), body.encode());
    }

    public String queueId(String accountId, String name) throws Exception {
        String token = accountId.equals(ACCOUNT) ? WRITER : STRANGER;
        JsonArray queues = send("GET", "/accounts/" + accountId + "/queues", bearer(token), null)
                .envelope()
                .getJsonArray("result");
        return queues.stream()
                .map(each -> (JsonObject) each)
                .filter(each -> each.getString("queue_name").equals(name))
                .findFirst()
                .orElseThrow()
                .getString("queue_id");
    }

    public static Map<String, String> bearer(String token) {
        return Map.of("Authorization", "Bearer " + token);
    }

    List<MetricDescription> metrics() {
        return server.metrics();
    }

    int port() {
        return server.port();
    }

    public int managementPort() {
        return server.managementPort();
    }

    @Override
    public void close() {
        server.close()
                .toCompletableFuture()
                .orTimeout(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private static String token(String name, String secret, String accountId, String access) {
        return "{name: " + name + ", sha256: " + Credentials.sha256Hex(secret) + ", accounts: ['" + accountId
                + "'], access: " + access + "}";
    }

    private static String queue(String accountId, String name) {
        return "{account: '" + accountId + "', name: " + name + ", consumer: {type: http_pull}}";
    }
}
