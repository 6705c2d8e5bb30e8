package dev.sluice.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer;
import dev.sluice.api.EdgeServer.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionsTest {
    private static final String PATH = "/event_subscriptions/subscriptions";
    private static final String UNKNOWN_ID = "ffffffffffffffffffffffffffffffff";
    private static EdgeServer edge;
    private String queueId;

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
    }

    @BeforeEach
    void clear() {
        edge.clear();
        queueId = edge.queue("orders");
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static void assertFails(Reply reply, int status, int code) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
        assertThat(reply.code()).as(reply.message()).isEqualTo(code);
    }

    private JsonObject body(String name, String sourceType) {
        return new JsonObject()
                .put("name", name)
                .put("enabled", true)
                .put("source", new JsonObject().put("type", sourceType).put("worker_name", "shop"))
                .put("destination", new JsonObject().put("type", "queues.queue").put("queue_id", queueId))
                .put("events", new JsonArray().add("build.completed").add("build.failed"));
    }

    private JsonObject create(JsonObject body) {
        Reply reply = edge.send("POST", PATH, body.encode());
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.result();
    }

    private List<String> names(String query) {
        return edge.get(PATH + query).envelope().getJsonArray("result").stream()
                .map(each -> ((JsonObject) each).getString("name"))
                .collect(Collectors.toList());
    }

    @Test
    void aSubscriptionIsShownAsItWasCreated() {
        JsonObject body = body("orders builds", "workersBuilds.worker");
        JsonObject made = create(body);
        assertThat(made.getMap())
                .containsOnlyKeys(
                        "id", "created_at", "modified_at", "name", "enabled", "source", "destination", "events");
        for (String field : body.fieldNames()) {
            assertThat(made.getValue(field)).isEqualTo(body.getValue(field));
        }
        assertThat(edge.get(PATH + "/" + made.getString("id")).result()).isEqualTo(made);
    }

    @Test
    void nameAndEnabledHaveDefaults() {
        JsonObject body = body("x", "kv");
        body.remove("name");
        body.remove("enabled");
        JsonObject made = create(body);
        assertThat(made.getString("name")).isEmpty();
        assertThat(made.getBoolean("enabled")).isTrue();
        assertThat(create(body.copy().putNull("name").put("enabled", false)).getBoolean("enabled"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "destination", "events"})
    void aMissingFieldIs10026(String field) {
        JsonObject body = body("x", "kv");
        body.remove(field);
        Reply reply = edge.send("POST", PATH, body.encode());
        assertFails(reply, 400, 10026);
        assertThat(reply.message()).startsWith(field);
        assertFails(edge.send("POST", PATH, body.putNull(field).encode()), 400, 10026);
        assertFails(edge.send("POST", PATH, body.put(field, 5).encode()), 400, 10026);
    }

    @Test
    void anIncompleteFieldIs10026() {
        JsonObject[] bodies = {
            body("x", "kv").put("source", new JsonObject()),
            body("x", ""),
            body("x", "kv").put("events", new JsonArray()),
            body("x", "kv").put("events", new JsonArray().add(1)),
            body("x", "kv").put("events", new JsonArray().addNull()),
            body("x", "kv").put("destination", new JsonObject().put("queue_id", queueId)),
            body("x", "kv").put("destination", new JsonObject().put("type", "queues.queue")),
            body("x", "kv")
                    .put("destination", new JsonObject().put("type", "other").put("queue_id", queueId)),
            body("x", "kv").put("name", 5),
            body("x", "kv").put("enabled", "yes")
        };
        for (JsonObject body : bodies) {
            assertFails(edge.send("POST", PATH, body.encode()), 400, 10026);
        }
    }

    @Test
    void anUnknownDestinationIs11000() {
        JsonObject body = body("x", "kv");
        body.getJsonObject("destination").put("queue_id", UNKNOWN_ID);
        assertFails(edge.send("POST", PATH, body.encode()), 404, 11000);
        body.getJsonObject("destination").put("queue_id", "nonsense");
        assertFails(edge.send("POST", PATH, body.encode()), 404, 11000);
    }

    @Test
    void patchChangesTheGivenFieldsAndNeverTheSource() {
        JsonObject made = create(body("x", "kv"));
        String path = PATH + "/" + made.getString("id");
        JsonObject changed = edge.send("PATCH", path, "{\"enabled\":false,\"source\":{\"type\":\"r2\"},\"name\":null}")
                .result();
        assertThat(changed.getBoolean("enabled")).isFalse();
        assertThat(changed.getString("name")).isEqualTo("x");
        assertThat(changed.getJsonObject("source")).isEqualTo(made.getJsonObject("source"));
        assertThat(edge.send("PATCH", path, "{\"events\":[\"a\"]}").result().getJsonArray("events"))
                .containsExactly("a");
        assertFails(edge.send("PATCH", path, "{\"events\":[]}"), 400, 10026);
        assertFails(edge.send("PATCH", path, "{\"enabled\":1}"), 400, 10026);
        assertFails(
                edge.send(
                        "PATCH",
                        path,
                        "{\"destination\":{\"type\":\"queues.queue\",\"queue_id\":\"" + UNKNOWN_ID + "\"}}"),
                404,
                11000);
    }

    @Test
    void aDeleteReturnsTheSubscriptionAndRemovesIt() {
        JsonObject made = create(body("x", "kv"));
        String path = PATH + "/" + made.getString("id");
        assertThat(edge.send("DELETE", path, null).result()).isEqualTo(made);
        assertFails(edge.get(path), 404, 10404);
        assertFails(edge.send("DELETE", path, null), 404, 10404);
        assertFails(edge.send("PATCH", path, "{}"), 404, 10404);
        assertFails(edge.get(PATH + "/nonsense"), 404, 10404);
    }

    @Test
    void listsInTheRequestedOrder() {
        create(body("b", "r2").put("enabled", false));
        create(body("c", "kv"));
        create(body("a", "images"));
        assertThat(names("")).containsExactly("b", "c", "a");
        assertThat(names("?direction=desc")).containsExactly("a", "c", "b");
        assertThat(names("?order=name")).containsExactly("a", "b", "c");
        assertThat(names("?order=name&direction=desc")).containsExactly("c", "b", "a");
        assertThat(names("?order=enabled")).containsExactly("b", "c", "a");
        assertThat(names("?order=source")).containsExactly("a", "c", "b");
        assertThat(names("?order=nonsense&direction=sideways")).containsExactly("b", "c", "a");
    }

    @Test
    void pagesEndWithAnEmptyOne() {
        for (int i = 0; i < 3; i++) {
            create(body("s" + i, "kv"));
        }
        assertThat(names("?page=2&per_page=2")).containsExactly("s2");
        assertThat(names("?page=3&per_page=2")).isEmpty();
        JsonObject info = edge.get(PATH + "?per_page=1000").envelope().getJsonObject("result_info");
        assertThat(info.getInteger("per_page")).isEqualTo(100);
        assertThat(edge.get(PATH).envelope().getJsonObject("result_info").getInteger("per_page"))
                .isEqualTo(20);
    }

    @Test
    void theQueueFilterIsHonoured() {
        create(body("here", "kv"));
        String other = edge.queue("other");
        JsonObject there = body("there", "kv");
        there.getJsonObject("destination").put("queue_id", other);
        create(there);
        assertThat(names("?queue_id=" + other)).containsExactly("there");
        assertThat(names("?queue_id=" + UNKNOWN_ID)).isEmpty();
    }
}
