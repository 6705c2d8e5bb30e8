package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a complete server: every meter is updated in use. */
class MetricsTest {
    @TempDir
    Path directory;

    private static String scrape(RunningServer server) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.managementPort() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private static Map<String, Double> metrics(RunningServer server) throws Exception {
        String text = scrape(server);
        Map<String, Double> metrics = new HashMap<>();
        text.lines()
                .filter(line -> line.startsWith("sluice_"))
                .forEach(line -> metrics.put(
                        line.substring(0, line.lastIndexOf(' ')),
                        Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        return metrics;
    }

    @Test
    void pushPullRetryAckAndTheirCommitsAreCounted() throws Exception {
        try (RunningServer server =
                new RunningServer("storage.engine=rocksdb", "storage.directory=" + directory.resolve("data"))) {
            Map<String, Double> before = metrics(server);
            post(server, "", new JsonObject().put("body", "a"));
            post(server, "", new JsonObject().put("body", "b"));
            JsonArray pulled = post(server, "/pull", new JsonObject().put("batch_size", 2))
                    .getJsonObject("result")
                    .getJsonArray("messages");
            JsonArray acks = new JsonArray().add(leaseOf(pulled, 0));
            JsonArray retries = new JsonArray().add(leaseOf(pulled, 1));
            post(server, "/ack", new JsonObject().put("acks", acks).put("retries", retries));
            Map<String, Double> after = metrics(server);

            assertThat(after)
                    .containsEntry("sluice_messages_pushed_total", 2.0)
                    .containsEntry("sluice_messages_delivered_total", 2.0)
                    .containsEntry("sluice_messages_acked_total", 1.0)
                    .containsEntry("sluice_messages_retried_total", 1.0)
                    .containsEntry("sluice_active_queues", 1.0)
                    .containsEntry("sluice_parked_replies", 0.0)
                    .containsEntry("sluice_store_failed", 0.0);
            assertThat(increase("sluice_commit_seconds_count", before, after)).isGreaterThanOrEqualTo(4);
            assertThat(increase("sluice_commit_seconds_sum", before, after)).isPositive();
            assertThat(increase("sluice_commit_batches_sum", before, after)).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void eachQueueHasSeriesOfItsBacklogAndItsCounters() throws Exception {
        try (RunningServer server = new RunningServer()) {
            post(server, "", new JsonObject().put("body", "abc").put("content_type", "text"));
            post(server, "", new JsonObject().put("body", "def").put("content_type", "text"));
            post(
                    server,
                    "",
                    new JsonObject()
                            .put("body", "ghi")
                            .put("content_type", "text")
                            .put("delay_seconds", 600));
            JsonArray pulled = post(server, "/pull", new JsonObject().put("batch_size", 1))
                    .getJsonObject("result")
                    .getJsonArray("messages");
            assertThat(pulled).hasSize(1);
            Map<String, Double> metrics = metrics(server);

            String one = "{account=\"" + RunningServer.ACCOUNT + "\",queue=\"one\"";
            assertThat(metrics)
                    .containsEntry("sluice_queue_messages" + one + ",state=\"ready\"}", 1.0)
                    .containsEntry("sluice_queue_messages" + one + ",state=\"delayed\"}", 1.0)
                    .containsEntry("sluice_queue_messages" + one + ",state=\"leased\"}", 1.0)
                    .containsEntry("sluice_queue_bytes" + one + "}", 9.0)
                    .containsEntry("sluice_queue_messages_pushed_total" + one + "}", 3.0)
                    .containsEntry("sluice_queue_messages_delivered_total" + one + "}", 1.0);
            assertThat(metrics.get("sluice_queue_oldest_message_age_seconds" + one + "}"))
                    .isBetween(0.0, (double) TestTimeout.SECONDS);
            assertThat(metrics)
                    .containsEntry(
                            "sluice_queue_bytes{account=\"" + RunningServer.OTHER_ACCOUNT + "\",queue=\"three\"}", 0.0);
        }
    }

    @Test
    void errorsAreCountedByReason() throws Exception {
        try (RunningServer server = new RunningServer()) {
            server.send("GET", "/nothing/here", Map.of(), null);
            server.post(RunningServer.ACCOUNT, "one", "/pull", new JsonObject().put("batch_size", "many"));

            assertThat(metrics(server))
                    .containsEntry("sluice_errors_total{reason=\"route_unknown\"}", 1.0)
                    .containsEntry("sluice_errors_total{reason=\"message_body_invalid\"}", 1.0);
        }
    }

    @Test
    void theStoreOnDiskHasFigures() throws Exception {
        try (RunningServer server =
                new RunningServer("storage.engine=rocksdb", "storage.directory=" + directory.resolve("data"))) {
            post(server, "", new JsonObject().put("body", "x".repeat(100_000)).put("content_type", "text"));
            Map<String, Double> metrics = metrics(server);

            assertThat(metrics.get("sluice_store_log_bytes")).isGreaterThan(100_000);
            assertThat(metrics.get("sluice_store_memtable_bytes")).isGreaterThan(100_000);
            assertThat(metrics.get("sluice_store_free_bytes")).isPositive();
            assertThat(metrics)
                    .containsEntry("sluice_store_free_bytes_min", 256.0 * (1 << 20))
                    .containsEntry("sluice_store_write_stopped", 0.0)
                    .containsEntry("sluice_store_reopenings_total", 0.0);
            assertThat(metrics.keySet()).anyMatch(name -> name.startsWith("sluice_build_info{java_version="));
        }
    }

    @Test
    void prometheusFindsNothingToComplainAboutInTheMetrics() throws Exception {
        try (RunningServer server =
                new RunningServer("storage.engine=rocksdb", "storage.directory=" + directory.resolve("data"))) {
            post(server, "", new JsonObject().put("body", "a"));
            assertThat(Promtool.run(scrape(server), "check", "metrics")).isEmpty();
        }
    }

    private static double increase(String name, Map<String, Double> before, Map<String, Double> after) {
        return after.get(name) - before.get(name);
    }

    private static JsonObject leaseOf(JsonArray pulled, int index) {
        return new JsonObject().put("lease_id", pulled.getJsonObject(index).getString("lease_id"));
    }

    private static JsonObject post(RunningServer server, String path, JsonObject body) throws Exception {
        RunningServer.Reply reply = server.post(RunningServer.ACCOUNT, "one", path, body);
        assertThat(reply.status()).isEqualTo(200);
        return reply.envelope();
    }
}
