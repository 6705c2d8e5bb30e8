package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The requests of workerd's queue binding, against a complete server. */
class QueueBindingTest {
    private static final String BASE_PATH = "/sluice/v1/binding";
    private static final byte[] V8_MAP = {(byte) 0xff, 0x0f, 0x3b, 0x3a, 0x00};
    private static final Map<String, String> HEADERS = Map.of(
            "Authorization",
            "Bearer " + RunningServer.WRITER,
            "sluice-account-id",
            RunningServer.ACCOUNT,
            "sluice-queue",
            "one");

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer("messages.json_body_encoding=plain");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void purge() throws Exception {
        String purge = "/accounts/" + RunningServer.ACCOUNT + "/queues/" + server.queueId(RunningServer.ACCOUNT, "one")
                + "/purge";
        server.send(
                "POST", purge, RunningServer.bearer(RunningServer.WRITER), "{\"delete_messages_permanently\":true}");
    }

    @Test
    void messagesOfAllTypesArePulledAsTheyWereSent() throws Exception {
        assertThat(send("/message", Map.of("X-Msg-Fmt", "text"), "Grüße".getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("/message", Map.of("X-Msg-Fmt", "json"), "{ \"a\": 1 }".getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("/message", Map.of("X-Msg-Fmt", "bytes"), new byte[] {0, (byte) 0xff})
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("/message", Map.of(), V8_MAP).statusCode()).isEqualTo(200);

        assertThat(pulled()).containsExactly("text Grüße", "json {\"a\":1}", "bytes AP8=", "v8 " + base64(V8_MAP));
    }

    @Test
    void aBatchOfAllTypesIsStoredInItsOrder() throws Exception {
        JsonArray messages = new JsonArray()
                .add(new JsonObject()
                        .put("body", base64("a".getBytes(StandardCharsets.UTF_8)))
                        .put("contentType", "text"))
                .add(new JsonObject()
                        .put("body", base64("[1]".getBytes(StandardCharsets.UTF_8)))
                        .put("contentType", "json"))
                .add(new JsonObject().put("body", "AP8=").put("contentType", "bytes"))
                .add(new JsonObject().put("body", base64(V8_MAP)));

        HttpResponse<String> response = send(
                "/batch",
                Map.of(),
                new JsonObject().put("messages", messages).encode().getBytes(StandardCharsets.UTF_8));

        JsonObject metrics =
                new JsonObject(response.body()).getJsonObject("metadata").getJsonObject("metrics");
        assertThat(metrics.getInteger("backlogCount")).isEqualTo(4);
        assertThat(metrics.getInteger("backlogBytes")).isEqualTo(1 + 3 + 2 + V8_MAP.length);
        assertThat(metrics.getLong("oldestMessageTimestamp")).isPositive();
        assertThat(new JsonObject(
                        send("GET", BASE_PATH + "/metrics", HEADERS, null).body()))
                .isEqualTo(metrics);
        assertThat(pulled()).containsExactly("text a", "json [1]", "bytes AP8=", "v8 " + base64(V8_MAP));
    }

    @Test
    void aDelayedMessageIsNotPulled() throws Exception {
        assertThat(send("/message", Map.of("X-Msg-Delay-Secs", "600"), V8_MAP).statusCode())
                .isEqualTo(200);
        assertThat(pulled()).isEmpty();
        assertThat(new JsonObject(send("GET", BASE_PATH + "/metrics", HEADERS, null)
                                .body())
                        .getInteger("backlogCount"))
                .isEqualTo(1);
    }

    @Test
    void theQueueMayBeGivenByItsId() throws Exception {
        Map<String, String> headers = with(HEADERS, "sluice-queue", server.queueId(RunningServer.ACCOUNT, "one"));
        assertThat(send("POST", BASE_PATH + "/message", headers, V8_MAP).statusCode())
                .isEqualTo(200);
        assertThat(pulled()).hasSize(1);
    }

    @Test
    void requestsThatNameAQueueMayLeaveOutTheBasePath() throws Exception {
        assertThat(send("POST", "/message", HEADERS, V8_MAP).statusCode()).isEqualTo(200);
        assertThat(send("GET", "/metrics", HEADERS, null).statusCode()).isEqualTo(200);
        Map<String, String> unnamed = new HashMap<>(HEADERS);
        unnamed.remove("sluice-queue");
        assertRefused(send("POST", "/message", unnamed, V8_MAP), 404, 7003, false);
        assertRefused(send("GET", "/metrics", unnamed, null), 404, 7003, false);
        assertThat(pulled()).hasSize(1);
    }

    @Test
    void errorsAreInTheHeadersThatWorkerdReads() throws Exception {
        assertRefused(send("/message", Map.of("X-Msg-Fmt", "xml"), V8_MAP), 400, 10203, true);
        assertRefused(send("/message", Map.of("X-Msg-Fmt", "json"), V8_MAP), 400, 10207, true);
        assertRefused(send("/message", Map.of("X-Msg-Fmt", "bytes"), new byte[128_001]), 413, 10204, true);
        assertRefused(send("/batch", Map.of(), new byte[0]), 400, 10208, true);
        assertRefused(
                send("POST", BASE_PATH + "/message", with(HEADERS, "sluice-queue", "none"), V8_MAP), 404, 10104, true);
        assertRefused(
                send("POST", BASE_PATH + "/message", with(HEADERS, "sluice-account-id", "x"), V8_MAP), 404, 7003, true);
        assertRefused(
                send("POST", BASE_PATH + "/message", with(HEADERS, "Authorization", "Bearer x"), V8_MAP),
                403,
                10000,
                true);
        assertRefused(send("GET", BASE_PATH + "/message", HEADERS, null), 405, 10405, true);
        assertRefused(send("POST", BASE_PATH + "/metrics", HEADERS, V8_MAP), 405, 10405, true);
        assertRefused(send("POST", BASE_PATH + "/else", HEADERS, V8_MAP), 404, 7003, false);
        assertRefused(send("/message", Map.of(), new byte[3 << 20]), 413, 10204, true);
        assertThat(pulled()).isEmpty();
    }

    @Test
    void aQueueThatWasCreatedAgainUnderItsNameGetsTheMessages() throws Exception {
        String queues = "/accounts/" + RunningServer.ACCOUNT + "/queues";
        Map<String, String> again = with(HEADERS, "sluice-queue", "again");
        String body = "{\"queue_name\":\"again\"}";
        String first = server.send("POST", queues, RunningServer.bearer(RunningServer.WRITER), body)
                .result()
                .getString("queue_id");
        assertThat(send("POST", "/message", again, V8_MAP).statusCode()).isEqualTo(200);
        server.send("DELETE", queues + "/" + first, RunningServer.bearer(RunningServer.WRITER), null);
        assertRefused(send("POST", "/message", again, V8_MAP), 404, 10104, true);
        server.send("POST", queues, RunningServer.bearer(RunningServer.WRITER), body);
        assertThat(new JsonObject(send("POST", "/message", again, V8_MAP).body())
                        .getJsonObject("metadata")
                        .getJsonObject("metrics")
                        .getInteger("backlogCount"))
                .isEqualTo(1);
    }

    private static void assertRefused(HttpResponse<String> response, int status, int code, boolean inHeaders) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonObject error =
                new JsonObject(response.body()).getJsonArray("errors").getJsonObject(0);
        assertThat(error.getInteger("code")).isEqualTo(code);
        assertThat(response.headers().firstValue("cf-queues-error-code").orElse(""))
                .isEqualTo(inHeaders ? String.valueOf(code) : "");
        assertThat(response.headers().firstValue("cf-queues-error-cause").orElse(""))
                .isEqualTo(inHeaders ? error.getString("message") : "");
    }

    /** Content type and body of each message that is ready, in order. They are acknowledged. */
    private static List<String> pulled() throws Exception {
        JsonArray messages = server.post(RunningServer.ACCOUNT, "one", "/pull", new JsonObject().put("batch_size", 100))
                .result()
                .getJsonArray("messages");
        return messages.stream()
                .map(each -> (JsonObject) each)
                .map(each -> each.getJsonObject("metadata").getString("CF-Content-Type") + " " + each.getString("body"))
                .toList();
    }

    private static HttpResponse<String> send(String path, Map<String, String> more, byte[] body) throws Exception {
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.putAll(more);
        return send("POST", BASE_PATH + path, headers, body);
    }

    private static HttpResponse<String> send(String method, String path, Map<String, String> headers, byte[] body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> changed = new HashMap<>(headers);
        changed.put(name, value);
        return changed;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
