package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.store.Durability;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreResults;
import dev.sluice.store.rocksdb.RocksDbStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory with as many objects as the default limits allow, each field at its largest size, on the smallest
 * supported heap.
 */
class FullCatalogTest {
    private static final Limits LIMITS = Limits.DOCUMENTED;
    private static final String FULL_ACCOUNT = account(0);
    private static final String TOKEN = "full-catalog-test";
    private static final Pattern READY = Pattern.compile(".*sluice ready on http://127\\.0\\.0\\.1:(\\d+).*");
    /** Two bytes in memory, three on disk. */
    private static final String WIDE = "\u4e2d";

    private final HttpClient http = HttpClient.newHttpClient();
    private int port;

    @TempDir
    Path directory;

    @Test
    void aServerWithAFullCatalogStartsAndChangesItWithTheSmallestHeap() throws Exception {
        fill();
        Process first = start();
        try {
            changeEverything();
        } finally {
            stop(first);
        }
        Process second = start();
        try {
            JsonArray found = call("GET", queues("?name=renamed"), null, 200).getJsonArray("result");
            assertThat(found).hasSize(1);
            call("POST", queues(""), new JsonObject().put("queue_name", "one-more"), 400);
        } finally {
            stop(second);
        }
    }

    private void changeEverything() throws Exception {
        JsonObject page = call("GET", queues("?per_page=1000"), null, 200);
        assertThat(page.getJsonObject("result_info").getInteger("total_count")).isEqualTo(LIMITS.queuesPerAccountMax());
        String subscriptions = "/accounts/" + FULL_ACCOUNT + "/event_subscriptions/subscriptions";
        JsonObject subscription = call("GET", subscriptions + "?per_page=100&order=source", null, 200)
                .getJsonArray("result")
                .getJsonObject(0);
        JsonObject again = new JsonObject();
        for (String field : List.of("name", "source", "destination", "events")) {
            again.put(field, subscription.getValue(field));
        }
        assertThat(code(call("POST", subscriptions, again, 400))).isEqualTo(10026);
        call("PATCH", subscriptions + "/" + subscription.getString("id"), new JsonObject().put("enabled", false), 200);

        JsonObject queue = page.getJsonArray("result").getJsonObject(1);
        String path = queues("/" + queue.getString("queue_id"));
        call("PATCH", path, new JsonObject("{\"settings\":{\"delivery_delay\":1}}"), 200);
        call("POST", path + "/messages", new JsonObject().put("body", "x"), 200);
        assertThat(code(call("POST", queues(""), new JsonObject().put("queue_name", "one-more"), 400)))
                .isEqualTo(100128);

        // Every consumer of the account names this queue, so this is the largest possible change.
        JsonObject dead = page.getJsonArray("result").getJsonObject(0);
        call("PATCH", queues("/" + dead.getString("queue_id")), new JsonObject().put("queue_name", "renamed"), 200);
        JsonObject after = call("GET", path, null, 200).getJsonObject("result");
        assertThat(after.getJsonArray("consumers").getJsonObject(0).getString("dead_letter_queue"))
                .isEqualTo("renamed");
        call("DELETE", path, null, 200);
        call("POST", queues(""), new JsonObject().put("queue_name", "one-more"), 200);
    }

    private void fill() {
        try (RocksDbStore store = RocksDbStore.open(directory, Durability.ASYNC)) {
            StoreBatch batch = store.newBatch(0);
            for (int number = 1; number <= LIMITS.queuesMax(); number++) {
                QueueDefinition queue = queue(number);
                batch.putCatalog(CatalogRecords.key(queue), CatalogRecords.value(queue));
                if (number % 1_000 == 0) {
                    batch = commit(store, batch);
                }
            }
            for (int number = 1; number <= LIMITS.subscriptionsMax(); number++) {
                Subscription subscription = subscription(number);
                batch.putCatalog(CatalogRecords.key(subscription), CatalogRecords.value(subscription));
                if (number % 100 == 0) {
                    batch = commit(store, batch);
                }
            }
        }
    }

    private static StoreBatch commit(RocksDbStore store, StoreBatch batch) {
        StoreResults.get(StoreResults.commitAsync(store, batch));
        return store.newBatch(0);
    }

    /** The first account has the maximum number of queues, the others share the rest. */
    private static QueueDefinition queue(int number) {
        int others = LIMITS.accountsMax() - 1;
        int account = number <= LIMITS.queuesPerAccountMax() ? 0 : 1 + number % others;
        Consumer consumer = new Consumer(
                id(number),
                ConsumerType.WORKER,
                WIDE.repeat(Consumer.SCRIPT_NAME_LENGTH_MAX),
                account == 0 && number > 1 ? name(1) : "",
                ConsumerSettings.defaultsOf(ConsumerType.WORKER),
                number);
        return new QueueDefinition(
                number,
                account(account),
                id(number),
                name(number),
                "fedramp",
                QueueSettings.DEFAULT,
                consumer,
                number,
                number);
    }

    private static Subscription subscription(int number) {
        boolean full = number <= LIMITS.subscriptionsPerAccountMax();
        String start = "{\"type\":\"" + WIDE;
        int rest = Subscription.SOURCE_BYTES_MAX - start.getBytes(StandardCharsets.UTF_8).length - 2;
        int queue = full ? 1 : LIMITS.queuesPerAccountMax() + LIMITS.accountsMax() - 1;
        return new Subscription(
                id(number),
                full ? FULL_ACCOUNT : queue(queue).accountId(),
                WIDE.repeat(Subscription.NAME_LENGTH_MAX),
                true,
                start + "x".repeat(rest) + "\"}",
                id(queue),
                Collections.nCopies(Subscription.EVENTS_MAX, WIDE.repeat(Subscription.EVENT_LENGTH_MAX)),
                number,
                number);
    }

    private static String account(int number) {
        return String.format("a%031x", number);
    }

    private static String id(int number) {
        return String.format("%032x", number);
    }

    private static String name(int number) {
        return "q".repeat(55) + String.format("%08d", number);
    }

    private Process start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.sluice.cli.Main",
                        "serve",
                        "--set=http.port=0",
                        "--set=management.port=0",
                        "--set=storage.directory=" + directory,
                        "--set=auth.token=" + TOKEN)
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder seen = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            seen.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                port = Integer.parseInt(ready.group(1));
                Thread drain = new Thread(() -> output.lines().forEach(ignored -> {}));
                drain.setDaemon(true);
                drain.start();
                return process;
            }
        }
        throw new AssertionError("it did not start: " + seen);
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(TestTimeout.SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it did not stop");
        }
        assertThat(process.exitValue()).isZero();
    }

    private static String queues(String rest) {
        return "/accounts/" + FULL_ACCOUNT + "/queues" + rest;
    }

    private static int code(JsonObject failure) {
        return failure.getJsonArray("errors").getJsonObject(0).getInteger("code");
    }

    private JsonObject call(String method, String path, JsonObject body, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/client/v4" + path))
                .header("Authorization", "Bearer " + TOKEN)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode())
                .as(method + " " + path + ": "
                        + response.body()
                                .substring(0, Math.min(300, response.body().length())))
                .isEqualTo(status);
        return new JsonObject(response.body());
    }
}
