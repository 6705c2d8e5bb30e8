package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a reload of the configuration replaces in a running server. */
class LiveReloadTest {
    private static final String ACCOUNT = RunningServer.ACCOUNT;
    private static final String QUEUES = "/client/v4/accounts/" + ACCOUNT + "/queues";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Vertx vertx = Vertx.vertx();
    private Server server;

    @AfterEach
    void stop() {
        if (server != null) {
            TestTimeout.get(server.close());
        }
        vertx.close().await();
    }

    private static ServerConfig config(String... flags) {
        List<String> all = new ArrayList<>(List.of(
                "http.port=0",
                "management.port=0",
                "storage.engine=memory",
                "auth.account=" + ACCOUNT,
                "queues=[{name: jobs, consumer: {type: worker, script_name: w}},"
                        + " {name: later, consumer: {type: worker, script_name: v}}]"));
        all.addAll(List.of(flags));
        return ConfigLoader.load(null, Map.of(), all);
    }

    private HttpResponse<String> send(int port, String method, String path, String token, String body)
            throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token)
                        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private int status(String token) throws Exception {
        return send(server.port(), "GET", QUEUES, token, null).statusCode();
    }

    private void push(String queue) throws Exception {
        String id = server.queues(ACCOUNT).stream()
                .filter(each -> each.name().equals(queue))
                .findFirst()
                .orElseThrow()
                .queueId();
        HttpResponse<String> pushed =
                send(server.port(), "POST", QUEUES + "/" + id + "/messages", "one", "{\"body\":\"x\"}");
        assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(200);
    }

    /** A worker that counts its batches. */
    private int worker(AtomicInteger batches) {
        HttpServer worker = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    assertThat(request.getHeader("x-request-id")).matches("[0-9a-v]{8}-[0-9a-v]+");
                    batches.incrementAndGet();
                    request.response().end();
                }));
        return worker.listen(0, "127.0.0.1").await().actualPort();
    }

    private static String workers(String name, int port) {
        return "workers={" + name + ": {url: 'http://127.0.0.1:" + port + "', key: a-key-of-sixteen-chars}}";
    }

    @Test
    void otherCredentialsAreInForceWithTheNextRequest() throws Exception {
        server = TestTimeout.get(Server.start(config("auth.token=one")));
        String code = send(server.port(), "POST", "/sluice/v1/console/codes", "one", null)
                .body()
                .replaceAll("(?s).*\"code\":\"([^\"]+)\".*", "$1");
        String session = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/console/session"))
                                .header("sluice-console-code", code)
                                .POST(BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString())
                .body()
                .replaceAll("(?s).*\"session\":\"([^\"]+)\".*", "$1");
        assertThat(status("one")).isEqualTo(200);
        assertThat(status(session)).isEqualTo(200);

        server.live().replaceCredentials(config("auth.token=two"));

        assertThat(status("one")).isEqualTo(403);
        assertThat(status(session)).isEqualTo(403);
        assertThat(status("two")).isEqualTo(200);
        // The management port uses them too.
        assertThat(send(server.managementPort(), "POST", "/reload", "one", null).statusCode())
                .isEqualTo(401);
    }

    @Test
    void theLastCredentialIsNotRemovedWhileTheServerRuns() throws Exception {
        server = TestTimeout.get(Server.start(config("auth.token=one")));
        assertThatThrownBy(() -> server.live().replaceCredentials(config())).isInstanceOf(StartException.class);
        assertThat(status("one")).isEqualTo(200);
    }

    @Test
    void queuesDeliverToTheNewTargetsOfTheirWorkers() throws Exception {
        AtomicInteger toFirst = new AtomicInteger();
        AtomicInteger toSecond = new AtomicInteger();
        int first = worker(toFirst);
        int second = worker(toSecond);
        server = TestTimeout.get(Server.start(config("auth.token=one", workers("w", first))));
        push("jobs");
        push("later");
        await().until(() -> toFirst.get() == 1);

        TestTimeout.get(server.reloadWorkers(config("auth.token=one", workers("w", second)))
                .toCompletionStage());
        push("jobs");
        await().until(() -> toSecond.get() == 1);

        // A queue whose worker had no target delivers what has waited.
        TestTimeout.get(server.reloadWorkers(config("auth.token=one", workers("v", second)))
                .toCompletionStage());
        await().until(() -> toSecond.get() == 2);
        assertThat(toFirst).hasValue(1);
    }

    @Test
    void aReloadIsRequestedAtTheManagementPortWithACredentialThatMayDoEverything() throws Exception {
        server = TestTimeout.get(Server.start(config("auth.token=one")));
        assertThat(reload("wrong").statusCode()).isEqualTo(401);
        assertThat(reload("one").statusCode()).as("nothing to read").isEqualTo(409);

        server.live().onReloadRequest(() -> "in force: log");
        assertThat(reload("one").body()).isEqualTo("in force: log\n");
        server.live().onReloadRequest(() -> {
            throw new StartException("unknown key 'x'");
        });
        assertThat(reload("one").statusCode()).isEqualTo(409);
        assertThat(reload("one").body()).isEqualTo("unknown key 'x'\n");
    }

    private HttpResponse<String> reload(String token) throws Exception {
        return send(server.managementPort(), "POST", "/reload", token, null);
    }
}
