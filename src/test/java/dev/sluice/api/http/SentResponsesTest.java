package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestTimeout;
import dev.sluice.api.EdgeServer;
import dev.sluice.api.HttpConfigs;
import dev.sluice.api.OperationCall;
import dev.sluice.api.RawClient;
import dev.sluice.api.SelfSigned;
import dev.sluice.config.HttpConfig;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server reports about a response with messages: whether it was handed to a connection. */
class SentResponsesTest {
    private static final Duration PATIENCE = TestTimeout.LIMIT;
    private static final long CANCEL = 8;

    private final CompletableFuture<String> report = new CompletableFuture<>();
    private final CompletableFuture<OperationCall> asked = new CompletableFuture<>();
    private final Promise<Response> response = Promise.promise();
    private EdgeServer edge;
    private QueueDefinition queue;

    private void open(HttpConfig.TlsConfig tls) {
        edge = new EdgeServer(HttpConfigs.of(tls, 60, 60, 60));
        queue = edge.catalog
                .createQueue(EdgeServer.ACCOUNT, "orders", QueueSettings.DEFAULT, "")
                .await();
        edge.behaviours.put("queues-pull-messages", call -> {
            asked.complete(call);
            return response.future();
        });
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void aResponseThatIsWrittenIsReportedAsSent() throws Exception {
        open(null);
        HttpClientRequest request = pull(edge.vertx.createHttpClient());
        response.complete(pulled());
        assertThat(request.response().compose(HttpClientResponse::body).await().toString())
                .contains("backlog");
        assertThat(report).succeedsWithin(PATIENCE).isEqualTo("sent");
    }

    /** A client that closes only its half of the connection still gets its response, so the connection is reset. */
    @Test
    void aResponseToAResetConnectionIsReportedAsUnsent() throws Exception {
        open(null);
        RawClient client = new RawClient(edge.port());
        RequestOptions pull = options(HttpMethod.POST, "/messages/pull");
        client.send("POST " + pull.getURI() + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + EdgeServer.WRITER + "\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(asked).succeedsWithin(PATIENCE);
        client.reset();
        await().until(() -> edge.connections.open() == 0);
        response.complete(pulled());
        assertThat(report).succeedsWithin(PATIENCE).isEqualTo("unsent");
    }

    @Test
    void aResponseToAResetStreamIsReportedAsUnsent(@TempDir Path directory) throws Exception {
        open(SelfSigned.tls(directory));
        HttpClient client = edge.vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setSsl(true)
                .setUseAlpn(true)
                .setTrustAll(true)
                .setVerifyHost(false));
        HttpClientRequest request = pull(client);
        assertThat(asked).succeedsWithin(PATIENCE);
        request.reset(CANCEL);
        // Arrives after the reset, on the same connection.
        assertThat(client.request(options(HttpMethod.GET, ""))
                        .compose(HttpClientRequest::send)
                        .await()
                        .statusCode())
                .isEqualTo(200);
        assertThat(edge.connections.open()).isOne();
        response.complete(pulled());
        assertThat(report).succeedsWithin(PATIENCE).isEqualTo("unsent");
    }

    private HttpClientRequest pull(HttpClient client) {
        HttpClientRequest request =
                client.request(options(HttpMethod.POST, "/messages/pull")).await();
        request.end("{}").await();
        return request;
    }

    private RequestOptions options(HttpMethod method, String path) {
        return new RequestOptions()
                .setMethod(method)
                .setHost("127.0.0.1")
                .setPort(edge.port())
                .setURI("/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queue.queueId() + path)
                .putHeader("authorization", "Bearer " + EdgeServer.WRITER);
    }

    private Response pulled() {
        return new Response(Buffer.buffer("{\"backlog\":0}"), new PendingResponse() {
            @Override
            public void sent() {
                report.complete("sent");
            }

            @Override
            public void unsent() {
                report.complete("unsent");
            }
        });
    }
}
