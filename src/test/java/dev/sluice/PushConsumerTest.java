package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.config.ConfigLoader;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A complete server on disk with a worker consumer at a URL. */
class PushConsumerTest {
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";
    private static final String TOKEN = "push-consumer-test";
    private static final int MESSAGES = 10_000;
    private static final int MAX_RETRIES = 1;
    private static final int CONCURRENCY = 8;
    private static final int WORK_MILLIS = 10;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Vertx vertx = Vertx.vertx();
    /** The received attempts by message body; negative if the response was 200. */
    private final Map<Integer, List<Integer>> arrivals = new ConcurrentHashMap<>();

    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger concurrent = new AtomicInteger();
    private final AtomicInteger concurrentMax = new AtomicInteger();
    private Server server;

    @TempDir
    private Path directory;

    @AfterEach
    void stop() throws Exception {
        server.close().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aWorkerReceivesTenThousandMessagesWithoutLoss() throws Exception {
        start(batch -> false);
        push();

        awaitBacklog("jobs", 0);
        assertThat(arrivals).hasSize(MESSAGES);
        assertThat(arrivals.values())
                .allSatisfy(attempts -> assertThat(attempts).containsExactly(-1));
        assertThat(concurrentMax.get()).isEqualTo(CONCURRENCY);
        assertThat(backlog("dead")).isZero();
    }

    @Test
    void aWorkerThatRejectsEveryThirdBatchLosesNothing() throws Exception {
        start(batch -> batch % 3 == 0);
        push();

        awaitBacklog("jobs", 0);
        assertThat(arrivals).hasSize(MESSAGES);
        int exhausted = 0;
        for (List<Integer> attempts : arrivals.values()) {
            if (attempts.equals(List.of(1, 2))) {
                exhausted++;
            } else {
                assertThat(attempts).isIn(List.of(-1), List.of(1, -2));
            }
        }
        assertThat(exhausted).isPositive();
        assertThat(backlog("dead")).isEqualTo(exhausted);
        assertThat(concurrentMax.get()).isLessThanOrEqualTo(CONCURRENCY);
    }

    private void start(IntPredicate rejects) throws Exception {
        HttpServer target = vertx.createHttpServer().requestHandler(request -> onBatch(request, rejects));
        int port = target.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .actualPort();
        String consumer =
                "{type: worker, script_name: w, dead_letter_queue: dead, settings: {batch_size: 10, max_retries: "
                        + MAX_RETRIES + ", max_wait_time_ms: 50, max_concurrency: " + CONCURRENCY + "}}";
        List<String> flags = List.of(
                "http.port=0",
                "management.port=0",
                "storage.directory=" + directory,
                "auth.token=" + TOKEN,
                "workers={w: {url: 'http://127.0.0.1:" + port + "/batches', key: 0123456789abcdefg}}",
                "queues=[{account: '" + ACCOUNT + "', name: jobs, consumer: " + consumer + "}, {account: '" + ACCOUNT
                        + "', name: dead}]");
        server = Server.start(ConfigLoader.load(null, Map.of(), flags))
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    private void onBatch(HttpServerRequest request, IntPredicate rejects) {
        concurrentMax.accumulateAndGet(concurrent.incrementAndGet(), Math::max);
        request.body().onSuccess(body -> {
            boolean reject = rejects.test(batches.incrementAndGet());
            for (Object entry : body.toJsonObject().getJsonArray("messages")) {
                JsonObject message = (JsonObject) entry;
                int attempts = message.getInteger("attempts");
                arrivals.computeIfAbsent(message.getInteger("body"), number -> new ArrayList<>())
                        .add(reject ? attempts : -attempts);
            }
            vertx.setTimer(WORK_MILLIS, done -> {
                concurrent.decrementAndGet();
                request.response().setStatusCode(reject ? 500 : 200).end();
            });
        });
    }

    private void push() throws Exception {
        for (int from = 0; from < MESSAGES; from += 100) {
            JsonArray messages = new JsonArray();
            for (int number = from; number < from + 100; number++) {
                messages.add(new JsonObject().put("body", number));
            }
            call("POST", queue("jobs") + "/messages/batch", new JsonObject().put("messages", messages));
        }
    }

    private void awaitBacklog(String queue, long messages) {
        await().pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(backlog(queue)).isEqualTo(messages));
    }

    private long backlog(String queue) throws Exception {
        return call("GET", queue(queue) + "/metrics", null)
                .getJsonObject("result")
                .getLong("backlog_count");
    }

    private String queue(String name) throws Exception {
        JsonObject found = call("GET", "?name=" + name, null);
        return "/" + found.getJsonArray("result").getJsonObject(0).getString("queue_id");
    }

    private JsonObject call(String method, String path, JsonObject body) throws Exception {
        String queues = "http://127.0.0.1:" + server.port() + "/client/v4/accounts/" + ACCOUNT + "/queues";
        HttpRequest request = HttpRequest.newBuilder(URI.create(queues + path))
                .header("authorization", "Bearer " + TOKEN)
                .header("content-type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }
}
