package dev.sluice.management;

import static dev.sluice.management.ChangeAuthorizer.Authorization.FORBIDDEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementVerticleTest {
    private static final ServerConfig CONFIG = ConfigLoader.load(null, Map.of(), List.of("management.port=0"));

    private final Meters meters = new Meters();
    private final AtomicReference<Optional<String>> unreadyReason = new AtomicReference<>(Optional.empty());
    private final Vertx vertx = Vertx.vertx();
    private final ManagementVerticle verticle = new ManagementVerticle(
            CONFIG.management(),
            CONFIG.http(),
            meters,
            QueueSource.NONE,
            unreadyReason::get,
            request -> FORBIDDEN,
            directory -> {});

    @BeforeEach
    void deploy() {
        vertx.deployVerticle(verticle).await();
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void aRunningProcessIsLive() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void readinessFollowsTheStateOfTheServer() throws Exception {
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);

        unreadyReason.set(Optional.of("the \"disk\" is full"));

        HttpResponse<String> response = get("/health/ready");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("{\"status\":\"unready\",\"reason\":\"the \\\"disk\\\" is full\"}\n");
    }

    @Test
    void metricsShowTheCounters() throws Exception {
        meters.requests("push").record(200, 1_000_000);
        meters.requests("push").record(200, 1_000_000);
        meters.requests("push").record(429, 1_000_000);
        meters.counter("sluice_things_total", "Things.", () -> 2);
        meters.parkedReplies().add(5);
        meters.parkedReplies().decrement();
        meters.countCommit(3, 1_000_000);
        meters.gauge("sluice_store_free_bytes", "Free bytes.", () -> 42);

        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(response.body().lines())
                .contains(
                        "sluice_requests_total{operation=\"push\",status=\"200\"} 2.0",
                        "sluice_requests_total{operation=\"push\",status=\"429\"} 1.0",
                        "sluice_request_seconds_count{operation=\"push\"} 3",
                        "sluice_things_total 2.0",
                        "sluice_messages_pushed_total 0.0",
                        "sluice_parked_replies 4.0",
                        "sluice_active_queues 0.0",
                        "sluice_commit_batches_bucket{le=\"2.0\"} 0",
                        "sluice_commit_batches_bucket{le=\"4.0\"} 1",
                        "sluice_commit_batches_sum 3.0",
                        "sluice_store_free_bytes 42.0");
        assertThat(response.body()).contains("jvm_memory_used_bytes", "process_start_time_seconds", "process_open_fds");
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void otherPathsAndMethodsAreRejected() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        HttpRequest post = HttpRequest.newBuilder(uri("/metrics"))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(post, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(405);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + verticle.port() + path);
    }
}
