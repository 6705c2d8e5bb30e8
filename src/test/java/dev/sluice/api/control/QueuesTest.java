package dev.sluice.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer;
import dev.sluice.api.EdgeServer.Reply;
import dev.sluice.queue.BacklogStats;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueuesTest {
    private static final String DEFAULTS =
            "{\"delivery_delay\":0,\"delivery_paused\":false,\"message_retention_period\":345600}";
    private static EdgeServer edge;

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
    }

    @BeforeEach
    void clear() {
        edge.clear();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static void assertFails(Reply reply, int status, int code) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
        assertThat(reply.code()).as(reply.message()).isEqualTo(code);
    }

    private static List<String> names(Reply reply) {
        JsonArray queues = reply.envelope().getJsonArray("result");
        return queues.stream()
                .map(each -> ((JsonObject) each).getString("queue_name"))
                .collect(Collectors.toList());
    }

    @Test
    void aNewQueueShowsEveryField() {
        JsonObject queue = edge.send(
                        "POST", "/queues", "{\"queue_name\":\"orders\",\"settings\":{\"delivery_delay\":5}}")
                .result();
        assertThat(queue.getMap())
                .containsOnlyKeys(
                        "queue_id",
                        "queue_name",
                        "created_on",
                        "modified_on",
                        "settings",
                        "producers_total_count",
                        "producers",
                        "consumers_total_count",
                        "consumers");
        assertThat(queue.getString("created_on")).isEqualTo("2026-08-29T10:40:00.104513Z");
        assertThat(queue.getJsonObject("settings").encode())
                .isEqualTo("{\"delivery_delay\":5,\"delivery_paused\":false,\"message_retention_period\":345600}");
        assertThat(edge.get("/queues/" + queue.getString("queue_id")).result()).isEqualTo(queue);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"queue_name\":\"q\",\"settings\":{}}",
                "{\"queue_name\":\"q\",\"settings\":null}",
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_delay\":null,\"delivery_paused\":null,\"message_retention_period\":null}}",
                "{\"queue_name\":\"q\",\"unknown\":{\"a\":[1]},\"settings\":{\"unknown\":true}}",
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_delay\":0.0,\"message_retention_period\":3.456e5}}"
            })
    void anAbsentSettingHasItsDefault(String body) {
        Reply reply = edge.send("POST", "/queues", body);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        assertThat(reply.result().getJsonObject("settings").encode()).isEqualTo(DEFAULTS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "nope",
                "[]",
                "\"text\"",
                "null",
                "{} {}",
                "{\"queue_name\":5}",
                "{\"queue_name\":\"q\",\"settings\":[]}",
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_delay\":\"5\"}}",
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_delay\":1.5}}",
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_delay\":true}}",
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_paused\":\"true\"}}",
                "{\"queue_name\":\"q\",\"settings\":{\"delivery_paused\":1}}",
                "{\"queue_name\":\"q\",\"jurisdiction\":\"mars\"}",
                "{\"queue_name\":\"q\",\"jurisdiction\":1}",
                "{\"queue_name\":\"q\\ud800\"}"
            })
    void aBodyOfTheWrongStructureIs10026(String body) {
        assertFails(edge.send("POST", "/queues", body), 400, 10026);
        assertThat(names(edge.get("/queues"))).isEmpty();
    }

    @Test
    void hostileBodiesAreRefusedOrAcceptedWithoutAnInternalError() {
        String[] unknownFields = {
            "[".repeat(900) + "]".repeat(900), "9".repeat(900), "1e400", "-1e-400", "\"\\u0000\"", "\"\uFEFF\""
        };
        for (int i = 0; i < unknownFields.length; i++) {
            String body = "{\"queue_name\":\"q" + i + "\",\"x\":" + unknownFields[i] + ",\"x\":1}";
            assertThat(edge.send("POST", "/queues", body).status()).as(body).isEqualTo(200);
        }
        String[] refused = {
            "[".repeat(10_000) + "]".repeat(10_000),
            "{\"a\":".repeat(9_000),
            "9".repeat(90_000),
            "{\"queue_name\":\"a\",\"x\":" + "9".repeat(90_000) + "}",
            "{\"queue_name\":\"a\u0000\"}",
            "{'queue_name':'a'}",
            "{\"queue_name\":\"a\",}",
            "{\"queue_name\":\"a\"} x",
            "NaN",
            "{\"queue_name\":\"a\",\"x\":NaN}"
        };
        for (String body : refused) {
            assertFails(edge.send("POST", "/queues", body), 400, 10026);
        }
    }

    @Test
    void aWrongTypeIsNamed() {
        Reply reply = edge.send("POST", "/queues", "{\"queue_name\":\"q\",\"settings\":{\"delivery_delay\":\"5\"}}");
        assertThat(reply.message()).contains("settings.delivery_delay").contains("string");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"queue_name\":null}",
                "{\"queue_name\":\"\"}",
                "{\"queue_name\":\"my queue\"}",
                "{\"queue_name\":\"-a\"}",
                "{\"queue_name\":\"a_\"}",
                "{\"queue_name\":\"ä\"}",
                "{\"queue_name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"
            })
    void aMissingOrIllFormedNameIs11003(String body) {
        assertFails(edge.send("POST", "/queues", body), 400, 11003);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "7", "testQueue", "a-b_c", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void aWellFormedNameIsAccepted(String name) {
        assertThat(edge.queue(name)).hasSize(32);
    }

    @ParameterizedTest
    @CsvSource({
        "delivery_delay,-1",
        "delivery_delay,86401",
        "delivery_delay,1e300",
        "delivery_delay,99999999999999999999",
        "message_retention_period,59",
        "message_retention_period,1209601",
        "message_retention_period,0"
    })
    void aSettingOutOfRangeIs100128(String setting, String value) {
        String settings = "\"settings\":{\"" + setting + "\":" + value + "}}";
        assertFails(edge.send("POST", "/queues", "{\"queue_name\":\"q\"," + settings), 400, 100128);
        String id = edge.queue("orders");
        assertFails(edge.send("PATCH", "/queues/" + id, "{" + settings), 400, 100128);
        assertFails(edge.send("PUT", "/queues/" + id, "{" + settings), 400, 100128);
        assertThat(edge.get("/queues/" + id).result().getJsonObject("settings").encode())
                .isEqualTo(DEFAULTS);
    }

    @Test
    void anExistingNameIs11009() {
        edge.queue("orders");
        String other = edge.queue("audit");
        assertFails(edge.send("POST", "/queues", "{\"queue_name\":\"orders\"}"), 400, 11009);
        assertFails(edge.send("PATCH", "/queues/" + other, "{\"queue_name\":\"orders\"}"), 400, 11009);
        assertThat(edge.send("PATCH", "/queues/" + other, "{\"queue_name\":\"audit\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aJurisdictionIsEchoed() {
        Reply reply = edge.send("POST", "/queues", "{\"queue_name\":\"q\",\"jurisdiction\":\"eu\"}");
        assertThat(reply.result().getString("jurisdiction")).isEqualTo("eu");
    }

    @Test
    void patchMergesFieldByField() {
        String path = "/queues/" + edge.queue("orders");
        edge.send("PATCH", path, "{\"settings\":{\"delivery_delay\":7,\"message_retention_period\":600}}");
        JsonObject paused = edge.send(
                        "PATCH", path, "{\"queue_name\":\"orders\",\"settings\":{\"delivery_paused\":true}}")
                .result();
        assertThat(paused.getJsonObject("settings").encode())
                .isEqualTo("{\"delivery_delay\":7,\"delivery_paused\":true,\"message_retention_period\":600}");
        JsonObject reset = edge.send("PATCH", path, "{\"settings\":{\"delivery_delay\":null}}")
                .result();
        assertThat(reset.getJsonObject("settings").encode())
                .isEqualTo("{\"delivery_delay\":0,\"delivery_paused\":true,\"message_retention_period\":600}");
        assertThat(edge.send("PATCH", path, "{}").result().getJsonObject("settings"))
                .isEqualTo(reset.getJsonObject("settings"));
    }

    @Test
    void putOverwritesSettingsAndKeepsTheName() {
        String path = "/queues/" + edge.queue("orders");
        edge.send("PATCH", path, "{\"settings\":{\"delivery_delay\":7,\"delivery_paused\":true}}");
        JsonObject queue = edge.send("PUT", path, "{\"settings\":{\"message_retention_period\":600}}")
                .result();
        assertThat(queue.getString("queue_name")).isEqualTo("orders");
        assertThat(queue.getJsonObject("settings").encode())
                .isEqualTo("{\"delivery_delay\":0,\"delivery_paused\":false,\"message_retention_period\":600}");
        assertThat(edge.send("PUT", path, "{\"queue_name\":\"renamed\"}")
                        .result()
                        .getString("queue_name"))
                .isEqualTo("renamed");
    }

    @Test
    void anEmptyNameInAnUpdateIs11003() {
        String path = "/queues/" + edge.queue("orders");
        assertFails(edge.send("PATCH", path, "{\"queue_name\":\"\"}"), 400, 11003);
        assertFails(edge.send("PUT", path, "{\"queue_name\":\"\"}"), 400, 11003);
        assertFails(edge.send("PUT", path, "{\"queue_name\":7}"), 400, 10026);
    }

    @Test
    void listsByAgeWithPages() {
        for (int i = 0; i < 5; i++) {
            edge.queue("q" + i);
        }
        Reply second = edge.get("/queues?page=2&per_page=2");
        assertThat(names(second)).containsExactly("q2", "q3");
        assertThat(second.envelope().getJsonObject("result_info").encode())
                .isEqualTo("{\"count\":2,\"page\":2,\"per_page\":2,\"total_count\":5,\"total_pages\":3}");
        assertThat(names(edge.get("/queues?page=99&per_page=2"))).isEmpty();
        assertThat(names(edge.get("/queues?page=2147483647&per_page=1000"))).isEmpty();
        Reply invalid = edge.get("/queues?page=0&per_page=x");
        assertThat(names(invalid)).hasSize(5);
        assertThat(invalid.envelope().getJsonObject("result_info").getInteger("per_page"))
                .isEqualTo(100);
        assertThat(edge.get("/queues?per_page=5000")
                        .envelope()
                        .getJsonObject("result_info")
                        .getInteger("per_page"))
                .isEqualTo(1000);
    }

    @Test
    void theNameFilterIsExactAndRepeatable() {
        edge.queue("orders");
        edge.queue("orders-dlq");
        edge.queue("audit");
        assertThat(names(edge.get("/queues?page=1&name=orders"))).containsExactly("orders");
        assertThat(names(edge.get("/queues?name=order"))).isEmpty();
        assertThat(names(edge.get("/queues?name=ORDERS"))).isEmpty();
        assertThat(names(edge.get("/queues?name="))).isEmpty();
        assertThat(names(edge.get("/queues?name=audit&name=orders&name=audit&name=none")))
                .containsExactly("orders", "audit");
    }

    @Test
    void aDeletedQueueIsGone() {
        String path = "/queues/" + edge.queue("orders");
        Reply deleted = edge.send("DELETE", path, null);
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.envelope().getValue("result")).isNull();
        assertFails(edge.send("DELETE", path, null), 404, 11000);
        assertFails(edge.get(path), 404, 11000);
    }

    @Test
    void deleteAcceptsAnyBody() {
        assertThat(edge.send("DELETE", "/queues/" + edge.queue("a"), "{}").status())
                .isEqualTo(200);
        assertThat(edge.send("DELETE", "/queues/" + edge.queue("b"), "not json").status())
                .isEqualTo(200);
    }

    @Test
    void showsTheBacklog() {
        String id = edge.queue("orders");
        assertThat(edge.get("/queues/" + id + "/metrics").result().encode())
                .isEqualTo("{\"backlog_count\":0,\"backlog_bytes\":0,\"oldest_message_timestamp_ms\":0}");
        edge.queues.metrics.put(id, new BacklogStats(4, 75, 1_788_000_000_000L));
        assertThat(edge.get("/queues/" + id + "/metrics").result().encode())
                .isEqualTo("{\"backlog_count\":4,\"backlog_bytes\":75,\"oldest_message_timestamp_ms\":1788000000000}");
    }

    @Test
    void aPurgeMustBeConfirmed() {
        String path = "/queues/" + edge.queue("orders") + "/purge";
        for (String body : new String[] {
            "", "{}", "[]", "{\"delete_messages_permanently\":false}", "{\"delete_messages_permanently\":\"true\"}"
        }) {
            assertFails(edge.send("POST", path, body), 400, 10026);
        }
        assertThat(edge.get(path).result()).isEmpty();
        JsonObject purged = edge.send("POST", path, "{\"delete_messages_permanently\":true}")
                .result();
        assertThat(purged.getString("queue_name")).isEqualTo("orders");
        assertThat(purged.getBoolean("complete")).isTrue();
        assertThat(purged.getString("started_at")).isEqualTo("2026-08-29T10:40:00.500000Z");
        assertThat(edge.get(path).result().encode())
                .isEqualTo("{\"completed\":\"true\",\"started_at\":\"2026-08-29T10:40:00.500000Z\"}");
    }
}
