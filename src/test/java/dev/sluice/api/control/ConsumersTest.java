package dev.sluice.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer;
import dev.sluice.api.EdgeServer.Reply;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsumersTest {
    private static final String UNKNOWN_ID = "ffffffffffffffffffffffffffffffff";
    private static EdgeServer edge;
    private String queue;
    private String consumers;

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
    }

    @BeforeEach
    void clear() {
        edge.clear();
        queue = "/queues/" + edge.queue("orders");
        consumers = queue + "/consumers";
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static void assertFails(Reply reply, int status, int code) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
        assertThat(reply.code()).as(reply.message()).isEqualTo(code);
    }

    private JsonObject create(String body) {
        Reply reply = edge.send("POST", consumers, body);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.result();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"http_pull\"}",
                "{\"type\":\"http_pull\",\"settings\":{}}",
                "{\"type\":\"http_pull\",\"settings\":null,\"dead_letter_queue\":null}",
                "{\"type\":\"http_pull\",\"dead_letter_queue\":\"\",\"settings\":{\"batch_size\":null,\"max_wait_time_ms\":\"ignored\"}}"
            })
    void anHttpPullConsumerTakesDefaults(String body) {
        JsonObject consumer = create(body);
        assertThat(consumer.getMap())
                .containsOnlyKeys(
                        "consumer_id", "type", "queue_id", "queue_name", "created_on", "dead_letter_queue", "settings");
        assertThat(consumer.getString("dead_letter_queue")).isEmpty();
        assertThat(consumer.getJsonObject("settings").encode())
                .isEqualTo("{\"batch_size\":5,\"max_retries\":3,\"retry_delay\":0,\"visibility_timeout_ms\":30000}");
    }

    @Test
    void aWorkerConsumerShowsItsScriptTwice() {
        JsonObject consumer = create(
                "{\"script_name\":\"audit-worker\",\"environment_name\":\"\",\"type\":\"worker\",\"settings\":{}}");
        assertThat(consumer.getString("script")).isEqualTo("audit-worker");
        assertThat(consumer.getString("script_name")).isEqualTo("audit-worker");
        assertThat(consumer.getMap()).doesNotContainKeys("service", "environment");
        JsonObject settings = consumer.getJsonObject("settings");
        assertThat(settings.getMap())
                .containsOnlyKeys("batch_size", "max_retries", "max_wait_time_ms", "max_concurrency", "retry_delay");
        assertThat(settings.getInteger("batch_size")).isEqualTo(10);
        assertThat(settings.getInteger("max_wait_time_ms")).isEqualTo(5000);
        assertThat(settings.getValue("max_concurrency")).isNull();
    }

    @Test
    void theOlderSpellingOfTheScriptIsAccepted() {
        assertThat(create("{\"script\":\"w\",\"type\":\"worker\"}").getString("script_name"))
                .isEqualTo("w");
    }

    @Test
    void everySettingIsEchoed() {
        JsonObject pull = create("{\"type\":\"http_pull\",\"dead_letter_queue\":\"orders-dlq\",\"settings\":"
                + "{\"batch_size\":25.0,\"max_retries\":0,\"retry_delay\":15,\"visibility_timeout_ms\":6e4}}");
        assertThat(pull.getString("dead_letter_queue")).isEqualTo("orders-dlq");
        assertThat(pull.getJsonObject("settings").encode())
                .isEqualTo("{\"batch_size\":25,\"max_retries\":0,\"retry_delay\":15,\"visibility_timeout_ms\":60000}");
        JsonObject worker = edge.send(
                        "PUT",
                        consumers + "/" + pull.getString("consumer_id"),
                        "{\"type\":\"worker\",\"script_name\":\"w\",\"settings\":{\"batch_size\":100,\"max_retries\":100,"
                                + "\"max_wait_time_ms\":0,\"max_concurrency\":250,\"retry_delay\":86400}}")
                .result();
        assertThat(worker.getString("consumer_id")).isEqualTo(pull.getString("consumer_id"));
        assertThat(worker.getString("dead_letter_queue")).isEmpty();
        assertThat(worker.getJsonObject("settings").getMap())
                .containsEntry("max_concurrency", 250)
                .containsEntry("max_wait_time_ms", 0)
                .containsEntry("retry_delay", 86400);
    }

    @Test
    void aQueueShowsItsConsumerWithAllFields() {
        JsonObject consumer = create("{\"type\":\"http_pull\"}");
        JsonObject shown = edge.get(queue).result();
        assertThat(shown.getInteger("consumers_total_count")).isEqualTo(1);
        assertThat(shown.getJsonArray("consumers").getJsonObject(0)).isEqualTo(consumer);
        Reply list = edge.get(consumers);
        assertThat(list.envelope().getJsonArray("result").getJsonObject(0)).isEqualTo(consumer);
        assertThat(list.envelope().getJsonObject("result_info").getInteger("total_count"))
                .isEqualTo(1);
        assertThat(edge.get(consumers + "/" + consumer.getString("consumer_id")).result())
                .isEqualTo(consumer);
    }

    @Test
    void aQueueWithoutConsumerListsNone() {
        assertThat(edge.get(consumers).envelope().getJsonArray("result")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"type\":null}",
                "{\"type\":\"notification\"}",
                "{\"type\":7}",
                "{\"type\":\"http_pull\",\"settings\":[]}",
                "{\"type\":\"http_pull\",\"settings\":{\"batch_size\":\"5\"}}",
                "{\"type\":\"http_pull\",\"settings\":{\"visibility_timeout_ms\":0.5}}",
                "{\"type\":\"http_pull\",\"dead_letter_queue\":{}}",
                "{\"type\":\"worker\",\"script_name\":5}"
            })
    void aBodyOfTheWrongStructureOrTypeIs10026(String body) {
        assertFails(edge.send("POST", consumers, body), 400, 10026);
    }

    @ParameterizedTest
    @CsvSource({
        "http_pull,batch_size,0",
        "http_pull,batch_size,101",
        "http_pull,max_retries,-1",
        "http_pull,max_retries,101",
        "http_pull,retry_delay,86401",
        "http_pull,visibility_timeout_ms,0",
        "http_pull,visibility_timeout_ms,43200001",
        "worker,batch_size,0",
        "worker,max_wait_time_ms,-1",
        "worker,max_wait_time_ms,60001",
        "worker,max_concurrency,0",
        "worker,max_concurrency,251",
        "worker,max_concurrency,-5"
    })
    void aSettingOutOfRangeIs100127(String type, String setting, String value) {
        String body =
                "{\"type\":\"" + type + "\",\"script_name\":\"w\",\"settings\":{\"" + setting + "\":" + value + "}}";
        Reply reply = edge.send("POST", consumers, body);
        assertFails(reply, 400, 100127);
        assertThat(reply.message()).contains(setting);
        assertThat(edge.get(queue).result().getInteger("consumers_total_count")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"worker\"}",
                "{\"type\":\"worker\",\"script_name\":\"\"}",
                "{\"type\":\"worker\",\"script_name\":null}",
                "{\"type\":\"http_pull\",\"dead_letter_queue\":\"orders\"}",
                "{\"type\":\"http_pull\",\"dead_letter_queue\":\"no good\"}"
            })
    void aMissingScriptOrAnImpossibleDeadLetterQueueIs100127(String body) {
        assertFails(edge.send("POST", consumers, body), 400, 100127);
    }

    @Test
    void aSecondConsumerIs11004() {
        create("{\"type\":\"http_pull\"}");
        Reply reply = edge.send("POST", consumers, "{\"type\":\"worker\",\"script_name\":\"w\"}");
        assertFails(reply, 400, 11004);
        assertThat(reply.message()).isEqualTo("Queue 'orders' already has a consumer.");
    }

    @Test
    void putKeepsTheTypeIfNoneIsGiven() {
        String id = create("{\"type\":\"http_pull\",\"settings\":{\"batch_size\":50}}")
                .getString("consumer_id");
        JsonObject replaced = edge.send("PUT", consumers + "/" + id, "{\"settings\":{\"max_retries\":9}}")
                .result();
        assertThat(replaced.getString("type")).isEqualTo("http_pull");
        assertThat(replaced.getJsonObject("settings").getInteger("batch_size")).isEqualTo(5);
        assertThat(replaced.getJsonObject("settings").getInteger("max_retries")).isEqualTo(9);
    }

    @Test
    void putCreatesOnAQueueWithoutConsumerAndIsRefusedOnAQueueWithAnother() {
        JsonObject made = edge.send("PUT", consumers + "/" + UNKNOWN_ID, "{\"type\":\"http_pull\"}")
                .result();
        assertThat(made.getString("consumer_id")).isNotEqualTo(UNKNOWN_ID);
        assertFails(edge.send("PUT", consumers + "/" + UNKNOWN_ID, "{\"type\":\"http_pull\"}"), 404, 10404);
    }

    @Test
    void putWithoutTypeOnAQueueWithoutConsumerIs10026() {
        assertFails(edge.send("PUT", consumers + "/" + UNKNOWN_ID, "{}"), 400, 10026);
    }

    @Test
    void anUnknownConsumerIs10404() {
        assertFails(edge.get(consumers + "/" + UNKNOWN_ID), 404, 10404);
        assertFails(edge.get(consumers + "/nonsense"), 404, 10404);
        assertFails(edge.send("DELETE", consumers + "/" + UNKNOWN_ID, null), 404, 10404);
        assertFails(edge.send("DELETE", consumers + "/nonsense", null), 404, 10404);
    }

    @Test
    void aDeletedConsumerIsGone() {
        String id = create("{\"type\":\"http_pull\"}").getString("consumer_id");
        Reply deleted = edge.send("DELETE", consumers + "/" + id, null);
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.envelope().getValue("result")).isNull();
        assertFails(edge.get(consumers + "/" + id), 404, 10404);
    }
}
