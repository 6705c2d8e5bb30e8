package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The operations of openapi/extensions.yaml through a real server. */
class ExtensionsTest {
    private static final String ACCOUNT = RunningServer.ACCOUNT;
    private static final String QUEUES = "/accounts/" + ACCOUNT + "/queues/";
    private static final Map<String, String> WRITER = RunningServer.bearer(RunningServer.WRITER);

    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        server = new RunningServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonObject get(String path) throws Exception {
        Reply reply = server.sendTo("GET", "/sluice/v1" + path, RunningServer.bearer(RunningServer.READER), null);
        assertThat(reply.status()).as(reply.envelope().encode()).isEqualTo(200);
        return reply.envelope();
    }

    private List<JsonObject> browse(String queue, String query) throws Exception {
        return get(QUEUES + server.queueId(ACCOUNT, queue) + "/messages" + query)
                .getJsonObject("result")
                .getJsonArray("messages")
                .stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private void push(String queue, String body) throws Exception {
        assertThat(server.post(
                                ACCOUNT,
                                queue,
                                "",
                                new JsonObject().put("body", body).put("content_type", "text"))
                        .status())
                .isEqualTo(200);
    }

    private JsonObject backlog(String queue) throws Exception {
        return get("/accounts/" + ACCOUNT + "/queues").getJsonArray("result").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("queue_name").equals(queue))
                .findFirst()
                .orElseThrow();
    }

    private JsonArray pull(String queue, int count) throws Exception {
        return server.post(ACCOUNT, queue, "/pull", new JsonObject().put("batch_size", count))
                .result()
                .getJsonArray("messages");
    }

    /** Makes "two" the dead letter queue of "one", with a first attempt that is the last. */
    private void deadLettersOfOneGoToTwo() throws Exception {
        String one = server.queueId(ACCOUNT, "one");
        String path = QUEUES + one + "/consumers";
        String consumer = server.send("GET", path, WRITER, null)
                .envelope()
                .getJsonArray("result")
                .getJsonObject(0)
                .getString("consumer_id");
        JsonObject body = new JsonObject()
                .put("type", "http_pull")
                .put("dead_letter_queue", "two")
                .put("settings", new JsonObject().put("max_retries", 0));
        assertThat(server.send("PUT", path + "/" + consumer, WRITER, body.encode())
                        .status())
                .isEqualTo(200);
    }

    private void deadLetter(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            push("one", "letter " + i);
        }
        JsonArray retries = new JsonArray();
        pull("one", count)
                .forEach(message ->
                        retries.add(new JsonObject().put("lease_id", ((JsonObject) message).getString("lease_id"))));
        assertThat(retries).hasSize(count);
        server.post(ACCOUNT, "one", "/ack", new JsonObject().put("retries", retries));
        Awaitility.await()
                .untilAsserted(() -> assertThat(browse("two", "?limit=100")).hasSize(count));
    }

    private JsonObject redrive(String queue, JsonObject body) throws Exception {
        Reply started = server.sendTo(
                "POST", "/sluice/v1" + QUEUES + server.queueId(ACCOUNT, queue) + "/redrives", WRITER, body.encode());
        assertThat(started.status()).as(started.envelope().encode()).isEqualTo(200);
        return started.result();
    }

    private JsonObject ended(JsonObject redrive) {
        String path = "/accounts/" + ACCOUNT + "/redrives/" + redrive.getString("redrive_id");
        return Awaitility.await().until(() -> get(path).getJsonObject("result"), each -> !each.getString("status")
                .equals("running"));
    }

    @Test
    void messagesOfEveryStateAreShownPageByPageAndStayAsTheyAre() throws Exception {
        push("one", "leased");
        assertThat(pull("one", 1)).hasSize(1);
        push("one", "ready 1");
        server.post(
                ACCOUNT,
                "one",
                "",
                new JsonObject()
                        .put("body", "delayed")
                        .put("content_type", "text")
                        .put("delay_seconds", 600));
        push("one", "ready 2");

        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonObject page = get(QUEUES + server.queueId(ACCOUNT, "one") + "/messages?limit=1&cursor=" + cursor)
                    .getJsonObject("result");
            page.getJsonArray("messages").forEach(each -> {
                JsonObject message = (JsonObject) each;
                seen.add(message.getString("state") + " " + message.getInteger("attempts") + " "
                        + message.getString("body"));
            });
            cursor = page.getString("next_cursor");
        }

        assertThat(seen).containsExactly("leased 1 leased", "ready 0 ready 1", "delayed 0 delayed", "ready 0 ready 2");
        assertThat(browse("one", "?state=delayed")).hasSize(1);
        assertThat(browse("one", "?state=ready&state=leased")).hasSize(3);
        JsonObject backlog = backlog("one").getJsonObject("backlog");
        assertThat(backlog.getInteger("ready")).isEqualTo(2);
        assertThat(backlog.getInteger("delayed")).isEqualTo(1);
        assertThat(backlog.getInteger("leased")).isEqualTo(1);
        assertThat(backlog("one").getJsonObject("totals").getInteger("pushed")).isEqualTo(4);
    }

    @Test
    void malformedQueriesAreRefused() throws Exception {
        String path = "/sluice/v1" + QUEUES + server.queueId(ACCOUNT, "one") + "/messages";
        for (String query : List.of("?state=lost", "?limit=0", "?limit=101", "?limit=x", "?cursor=-1", "?cursor=a")) {
            assertThat(server.sendTo("GET", path + query, WRITER, null).status())
                    .as(query)
                    .isEqualTo(400);
        }
        String redrives = "/sluice/v1" + QUEUES + server.queueId(ACCOUNT, "one") + "/redrives";
        for (String body : List.of(
                "{\"refs\":[]}",
                "{\"refs\":[\"x\"]}",
                "{\"limit\":0}",
                "{\"limit\":1.5}",
                "{\"messages_per_second\":\"1\"}",
                "{\"destination_queue_name\":\"one\"}",
                "{\"destination_queue_name\":\"two\",\"destination_queue_id\":\"x\"}",
                "[]")) {
            assertThat(server.sendTo("POST", redrives, WRITER, body).status())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(server.sendTo("POST", redrives, WRITER, "{\"destination_queue_name\":\"none\"}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void deadLettersSayWhereTheyComeFromAndGoBackThere() throws Exception {
        deadLettersOfOneGoToTwo();
        deadLetter(5);

        JsonObject letter = browse("two", "").get(0).getJsonObject("dead_letter");
        assertThat(letter.getString("queue_name")).isEqualTo("one");
        assertThat(letter.getString("reason")).isEqualTo("retried");
        assertThat(letter.getInteger("attempts")).isEqualTo(1);
        JsonObject metadata = ((JsonObject) pull("two", 1).getValue(0)).getJsonObject("metadata");
        assertThat(metadata.getString("Sluice-dead-letter-queue")).isEqualTo("one");
        assertThat(metadata.getString("Sluice-dead-letter-reason")).isEqualTo("retried");
        assertThat(metadata.getString("Sluice-dead-letter-attempts")).isEqualTo("1");
        assertThat(metadata.getString("Sluice-dead-letter-timestamp-ms")).matches("[0-9]+");

        JsonObject done = ended(redrive("two", new JsonObject()));

        assertThat(done.getString("status")).isEqualTo("completed");
        assertThat(done.getInteger("moved")).isEqualTo(4);
        assertThat(browse("one", "")).hasSize(4).allSatisfy(each -> assertThat(each.containsKey("dead_letter"))
                .isFalse());
        // One is leased to the consumer of the dead letter queue.
        assertThat(browse("two", "")).hasSize(1);
    }

    @Test
    void aRedriveMovesNamedMessagesOrAsManyAsItMay() throws Exception {
        deadLettersOfOneGoToTwo();
        deadLetter(5);
        List<JsonObject> letters = browse("two", "");

        ended(redrive(
                "two",
                new JsonObject()
                        .put(
                                "refs",
                                new JsonArray()
                                        .add(letters.get(1).getString("ref"))
                                        .add(letters.get(3).getString("ref")))));
        assertThat(browse("one", ""))
                .extracting(each -> each.getString("body"))
                .containsExactly("letter 1", "letter 3");

        ended(redrive("two", new JsonObject().put("limit", 2)));
        assertThat(browse("two", "")).extracting(each -> each.getString("body")).containsExactly("letter 4");
    }

    @Test
    void messagesOfUnknownOriginStayAndCanGoToANamedQueue() throws Exception {
        push("two", "by hand");

        JsonObject skipped = ended(redrive("two", new JsonObject()));
        assertThat(skipped.getInteger("moved")).isZero();
        assertThat(skipped.getInteger("skipped")).isEqualTo(1);
        assertThat(skipped.getString("reason")).isNotEmpty();

        JsonObject moved = ended(redrive("two", new JsonObject().put("destination_queue_name", "one")));
        assertThat(moved.getInteger("moved")).isEqualTo(1);
        assertThat(browse("one", "")).hasSize(1);
    }

    @Test
    void aRedriveCanBeCancelledAndEndsWhenItsDestinationVanishes() throws Exception {
        for (int i = 0; i < 3; i++) {
            push("one", "slow");
        }
        JsonObject slow = redrive(
                "one", new JsonObject().put("destination_queue_name", "two").put("messages_per_second", 1));
        Reply second = server.sendTo(
                "POST", "/sluice/v1" + QUEUES + server.queueId(ACCOUNT, "one") + "/redrives", WRITER, "{}");
        assertThat(second.status()).isEqualTo(400);
        String path = "/sluice/v1/accounts/" + ACCOUNT + "/redrives/" + slow.getString("redrive_id");
        assertThat(server.sendTo("DELETE", path, WRITER, null).result().getString("status"))
                .isEqualTo("cancelled");

        JsonObject next = redrive(
                "one", new JsonObject().put("destination_queue_name", "two").put("messages_per_second", 1));
        server.send("DELETE", QUEUES + server.queueId(ACCOUNT, "two"), WRITER, null);
        JsonObject failed = ended(next);
        assertThat(failed.getString("status")).isEqualTo("failed");
        assertThat(failed.getString("reason")).contains("destination");
    }
}
