package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountResetTest {
    private static final String QUEUES = "/accounts/" + RunningServer.ACCOUNT + "/queues";
    private static final String RESET = "/sluice/v1/accounts/" + RunningServer.ACCOUNT + "/reset";

    private static Reply write(RunningServer server, String method, String path, String body) throws Exception {
        return server.send(method, path, RunningServer.bearer(RunningServer.WRITER), body);
    }

    private static Reply reset(RunningServer server) throws Exception {
        return server.sendTo("POST", RESET, RunningServer.bearer(RunningServer.WRITER), "");
    }

    private static List<String> names(RunningServer server) throws Exception {
        return write(server, "GET", QUEUES, null).envelope().getJsonArray("result").stream()
                .map(queue -> ((JsonObject) queue).getString("queue_name"))
                .toList();
    }

    private static int backlog(RunningServer server, String account, String name) throws Exception {
        return server.post(account, name, "/peek", new JsonObject().put("batch_size", 100))
                .result()
                .getJsonArray("messages")
                .size();
    }

    private static void push(RunningServer server, String account, String name) throws Exception {
        Reply pushed = server.post(account, name, "", new JsonObject().put("body", "x"));
        assertThat(pushed.status()).isEqualTo(200);
    }

    @Test
    void messagesAndUndeclaredQueuesGoDeclaredQueuesKeepTheirIdsAndOtherAccountsKeepAll() throws Exception {
        try (RunningServer server = new RunningServer("dev.mode=true")) {
            String one = server.queueId(RunningServer.ACCOUNT, "one");
            push(server, RunningServer.ACCOUNT, "one");
            server.post(RunningServer.ACCOUNT, "one", "/pull", new JsonObject().put("batch_size", 1));
            push(server, RunningServer.ACCOUNT, "one");
            push(server, RunningServer.OTHER_ACCOUNT, "three");
            assertThat(write(server, "POST", QUEUES, "{\"queue_name\":\"own\"}").status())
                    .isEqualTo(200);

            Reply reply = reset(server);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.result()).isEqualTo(new JsonObject().put("queues", 2));
            assertThat(names(server)).containsExactly("one", "two");
            assertThat(server.queueId(RunningServer.ACCOUNT, "one")).isEqualTo(one);
            JsonObject metrics =
                    write(server, "GET", QUEUES + "/" + one + "/metrics", null).result();
            assertThat(metrics.getNumber("backlog_count").intValue()).isZero();
            assertThat(backlog(server, RunningServer.OTHER_ACCOUNT, "three")).isOne();
        }
    }

    @Test
    void declaredQueuesGetTheirSettingsAndConsumersBack() throws Exception {
        try (RunningServer server = new RunningServer("dev.mode=true")) {
            String path = QUEUES + "/" + server.queueId(RunningServer.ACCOUNT, "one");
            JsonObject before = write(server, "GET", path, null).result();
            String consumer = before.getJsonArray("consumers").getJsonObject(0).getString("consumer_id");
            write(server, "PATCH", path, "{\"settings\":{\"delivery_paused\":true,\"delivery_delay\":9}}");
            write(
                    server,
                    "PUT",
                    path + "/consumers/" + consumer,
                    "{\"type\":\"http_pull\",\"dead_letter_queue\":\"new-dlq\",\"settings\":{\"max_retries\":9}}");

            reset(server);

            JsonObject after = write(server, "GET", path, null).result();
            assertThat(after.getJsonObject("settings")).isEqualTo(before.getJsonObject("settings"));
            assertThat(settings(after)).isEqualTo(settings(before));
            assertThat(names(server)).containsExactly("one", "two");
        }
    }

    private static JsonObject settings(JsonObject queue) {
        JsonArray consumers = queue.getJsonArray("consumers");
        assertThat(consumers).hasSize(1);
        JsonObject consumer = consumers.getJsonObject(0).copy();
        consumer.remove("consumer_id");
        consumer.remove("created_on");
        return consumer;
    }

    @Test
    void withoutDevelopmentModeThePathDoesNotExist() throws Exception {
        try (RunningServer server = new RunningServer()) {
            assertThat(reset(server).status()).isEqualTo(404);
        }
    }
}
