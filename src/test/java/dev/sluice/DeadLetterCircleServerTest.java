package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A complete server with two queues that are each other's dead letter queue, and a worker that retries every message.
 */
class DeadLetterCircleServerTest {
    private static final int DELIVERIES = 5;

    /** Delivery times by message body, in milliseconds since the epoch. */
    private final Map<String, List<Long>> deliveries = new ConcurrentHashMap<>();

    @Test
    void aMessageInADeadLetterCycleIsDeliveredWithDelaysThatGrowWithItsAge() throws Exception {
        Vertx vertx = Vertx.vertx();
        int port = vertx.createHttpServer()
                .requestHandler(this::retryAll)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .actualPort();
        try (RunningServer server = new RunningServer(
                "workers={w: {url: 'http://127.0.0.1:" + port + "/batches', key: 0123456789abcdefg}}",
                "queues=[" + queue("first", "second") + ", " + queue("second", "first") + "]")) {
            JsonArray messages = new JsonArray();
            for (int i = 0; i < 3; i++) {
                messages.add(new JsonObject().put("body", "m" + i).put("content_type", "text"));
            }
            JsonObject batch = new JsonObject().put("messages", messages);
            assertThat(server.post(RunningServer.ACCOUNT, "first", "/batch", batch)
                            .status())
                    .isEqualTo(200);
            long pushedMillis = System.currentTimeMillis();

            await().until(() -> deliveries.size() == 3
                    && deliveries.values().stream().allMatch(times -> times.size() >= DELIVERIES));
            for (List<Long> times : deliveries.values()) {
                // The first move to the dead letter queue is an ordinary one. After each further move the message is
                // delayed by its age, and by at least one second.
                for (int i = 1; i + 1 < DELIVERIES; i++) {
                    long ageMillis = times.get(i) - pushedMillis;
                    assertThat(times.get(i + 1)).isGreaterThanOrEqualTo(times.get(i) + Math.max(1_000, ageMillis));
                }
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        }
    }

    private void retryAll(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            JsonArray retries = new JsonArray();
            for (Object entry : body.toJsonObject().getJsonArray("messages")) {
                JsonObject message = (JsonObject) entry;
                deliveries
                        .computeIfAbsent(message.getString("body"), text -> new CopyOnWriteArrayList<>())
                        .add(System.currentTimeMillis());
                retries.add(new JsonObject().put("id", message.getString("id")));
            }
            request.response()
                    .putHeader("content-type", "application/json")
                    .end(new JsonObject().put("retries", retries).encode());
        });
    }

    private static String queue(String name, String deadLetterQueue) {
        return "{account: '" + RunningServer.ACCOUNT + "', name: " + name
                + ", consumer: {type: worker, script_name: w, dead_letter_queue: " + deadLetterQueue
                + ", settings: {max_retries: 0, max_wait_time_ms: 0}}}";
    }
}
