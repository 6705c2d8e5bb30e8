package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestTimeout;
import dev.sluice.config.Secret;
import dev.sluice.config.WorkerConfig;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.delivery.WorkerTarget.BatchResult;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries to correct, faulty and hostile servers. */
class HttpWorkerTargetTest {
    private static final String KEY = "0123456789abcdefg";
    private static final int LONG_TIMEOUT_MILLIS = 20_000;
    private static final int SHORT_TIMEOUT_MILLIS = 300;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void theSignatureCoversTimestampAndBody() throws Exception {
        CompletableFuture<String> checked = new CompletableFuture<>();
        WorkerTarget target = server(request -> request.body().onSuccess(body -> {
            String signed = request.getHeader("sluice-timestamp") + "." + body;
            checked.complete(request.method() + " " + request.uri() + " " + request.getHeader("content-type") + " "
                    + request.getHeader("user-agent") + " "
                    + request.getHeader("sluice-signature").equals("v1=" + hmac(signed)));
            long age = System.currentTimeMillis() / 1_000 - Long.parseLong(request.getHeader("sluice-timestamp"));
            assertThat(age).isBetween(0L, 10L);
            request.response().end();
        }));

        assertThat(deliver(target)).isEqualTo(BatchResult.ALL_DONE);
        assertThat(checked.get(TestTimeout.SECONDS, TimeUnit.SECONDS))
                .isEqualTo("POST /batches?from=sluice application/json sluice true");
    }

    @Test
    void aLargeBatchArrivesCompletely() throws Exception {
        CompletableFuture<Integer> length = new CompletableFuture<>();
        WorkerTarget target = server(request -> request.body().onSuccess(body -> {
            length.complete(body.length());
            request.response().end();
        }));

        assertThat(deliver(target, SampleBatch.batch("x".repeat(3_000_000)))).isEqualTo(BatchResult.ALL_DONE);
        assertThat(length.get(TestTimeout.SECONDS, TimeUnit.SECONDS)).isGreaterThan(3_000_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204})
    void anEmptyResponseAcknowledgesEverything(int status) throws Exception {
        assertThat(deliver(respondingWith(status, "application/json", ""))).isEqualTo(BatchResult.ALL_DONE);
    }

    @Test
    void aResponseThatIsNotJsonAcknowledgesEverything() throws Exception {
        assertThat(deliver(respondingWith(200, "text/plain", "{\"retries\":[1]}")))
                .isEqualTo(BatchResult.ALL_DONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JSON; charset=utf-8", "application/problem+json"})
    void aJsonResponseNamesTheMessagesToRetry(String contentType) throws Exception {
        String response = "{\"retries\":[{\"id\":\"" + SampleBatch.id(2) + "\",\"delay_seconds\":30}]}";
        assertThat(deliver(respondingWith(200, contentType, response)).retries())
                .isEqualTo(Map.of(2L, 30));
    }

    @Test
    void anInvalidJsonResponseIsAFailedDelivery() {
        assertFailedAttempt(respondingWith(200, "application/json", "<html>"), "its response is not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 429, 500, 503})
    void otherStatusesAreFailedDeliveries(int status) {
        assertFailedAttempt(respondingWith(status, "application/json", "{}"), "it responded with " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsAreNotFollowed(int status) throws Exception {
        AtomicInteger visits = new AtomicInteger();
        int otherPort = listen(request -> {
            visits.incrementAndGet();
            request.response().end();
        });
        WorkerTarget target = server(request -> request.response()
                .setStatusCode(status)
                .putHeader("location", "http://127.0.0.1:" + otherPort + "/")
                .end());

        assertFailedAttempt(target, "it responded with " + status + "; redirects are not followed");
        assertThat(visits).hasValue(0);
    }

    @Test
    void aServerThatHangsIsAFailedDeliveryAfterTheTimeout() throws Exception {
        assertFailedAttempt(target(listen(request -> {}), SHORT_TIMEOUT_MILLIS), "no complete response within 300 ms");
    }

    @Test
    void aSlowResponseIsAFailedDeliveryAfterTheTimeoutAndItsConnectionIsClosed() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        int port = listen(request -> {
            HttpServerResponse response = request.response().setChunked(true);
            long slowWrites = vertx.setPeriodic(20, id -> response.write("x"));
            request.connection().closeHandler(ignored -> {
                vertx.cancelTimer(slowWrites);
                closed.complete(null);
            });
        });

        assertFailedAttempt(target(port, SHORT_TIMEOUT_MILLIS), "no complete response within 300 ms");
        closed.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void anEndlessResponseIsAbortedAndItsConnectionIsClosed() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Buffer chunk = Buffer.buffer(new byte[64 * 1024]);
        WorkerTarget target = server(request -> {
            HttpServerResponse response = request.response().setChunked(true);
            request.connection().closeHandler(ignored -> closed.complete(null));
            writeWithoutEnd(response, chunk, closed);
        });

        assertFailedAttempt(target, "its response is longer than 1048576 bytes");
        closed.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aConnectionClosedByTheServerIsAFailedDelivery() throws Exception {
        assertFailedAttempt(raw(NetSocket::close), "closed");
        assertFailedAttempt(
                raw(socket -> socket.end(Buffer.buffer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"))), "closed");
    }

    @Test
    void aServerThatDoesNotSpeakHttpIsAFailedDelivery() throws Exception {
        assertFailedAttempt(raw(socket -> socket.end(Buffer.buffer("220 mail.example.com ESMTP\r\n"))), "");
    }

    @Test
    void anUnreachableServerIsAFailedDelivery() throws Exception {
        int port = listen(request -> {});
        vertx.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        Vertx other = Vertx.vertx();
        try {
            assertNotSent(target(other, "http://127.0.0.1:" + port, LONG_TIMEOUT_MILLIS), "Connection refused");
        } finally {
            other.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aRequestIsNotSentOnAConnectionThatIsEstablishedTooLate() throws Exception {
        int port = vertx.createNetServer()
                .connectHandler(socket -> {})
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .actualPort();
        assertNotSent(target(vertx, "https://localhost:" + port, SHORT_TIMEOUT_MILLIS), "");
    }

    @Test
    void aRequestThatCannotBeSerializedIsNotSent() {
        WorkerTarget.Batch sample = SampleBatch.batch();
        WorkerTarget.Batch broken = new WorkerTarget.Batch(null, sample.deliveries(), sample.metrics(), sample.bytes());
        assertThat(server(request -> request.response().end()).deliver(broken).toCompletionStage())
                .failsWithin(1, TimeUnit.MINUTES)
                .withThrowableThat()
                .withCauseInstanceOf(WorkerTarget.NotSent.class);
    }

    @Test
    void anUntrustedCertificateIsAFailedDelivery() throws Exception {
        PemKeyCertOptions certificate = new PemKeyCertOptions()
                .setCertPath("dev/sluice/worker/self-signed.pem")
                .setKeyPath("dev/sluice/worker/self-signed-key.pem");
        AtomicInteger visits = new AtomicInteger();
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(certificate)
                .setHost("localhost");
        int port = vertx.createHttpServer(options)
                .requestHandler(request -> visits.incrementAndGet())
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .actualPort();

        assertNotSent(target(vertx, "https://localhost:" + port, LONG_TIMEOUT_MILLIS), "");
        assertThat(visits).hasValue(0);
    }

    private static void writeWithoutEnd(HttpServerResponse response, Buffer chunk, CompletableFuture<Void> closed) {
        if (!closed.isDone()) {
            response.write(chunk).onSuccess(written -> writeWithoutEnd(response, chunk, closed));
        }
    }

    private WorkerTarget respondingWith(int status, String contentType, String body) {
        return server(request -> request.response()
                .setStatusCode(status)
                .putHeader("content-type", contentType)
                .end(body));
    }

    private WorkerTarget server(Handler<HttpServerRequest> handler) {
        return target(listen(handler), LONG_TIMEOUT_MILLIS);
    }

    private int listen(Handler<HttpServerRequest> handler) {
        return vertx.createHttpServer()
                .requestHandler(handler)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    /** A TCP server that calls {@code onRequest} for each received buffer. */
    private WorkerTarget raw(Handler<NetSocket> onRequest) {
        int port = vertx.createNetServer()
                .connectHandler(socket -> socket.handler(bytes -> onRequest.handle(socket)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        return target(port, LONG_TIMEOUT_MILLIS);
    }

    private WorkerTarget target(int port, int timeoutMillis) {
        return target(vertx, "http://127.0.0.1:" + port + "/batches?from=sluice", timeoutMillis);
    }

    private static WorkerTarget target(Vertx vertx, String url, int timeoutMillis) {
        WorkerConfig worker = new WorkerConfig(URI.create(url), new Secret(KEY), timeoutMillis);
        return new HttpWorkers(vertx, Map.of("w", worker), Limits.DOCUMENTED, 8, ContinuousClock.ofMachine()).find("w");
    }

    private static BatchResult deliver(WorkerTarget target) throws Exception {
        return deliver(target, SampleBatch.batch());
    }

    private static BatchResult deliver(WorkerTarget target, WorkerTarget.Batch batch) throws Exception {
        return target.deliver(batch)
                .toCompletionStage()
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    /** Asserts a failure after the request was sent, which counts as an attempt. */
    private static void assertFailedAttempt(WorkerTarget target, String text) {
        assertFails(target, text, VertxException.class);
    }

    private static void assertNotSent(WorkerTarget target, String text) {
        assertFails(target, text, WorkerTarget.NotSent.class);
    }

    private static void assertFails(WorkerTarget target, String text, Class<?> type) {
        assertThatThrownBy(() -> deliver(target))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(type.asSubclass(Throwable.class))
                .satisfies(failure -> assertThat(failure.getCause().getMessage())
                        .containsIgnoringCase(text)
                        .isNotBlank()
                        .hasSizeLessThan(250)
                        .doesNotContain("\n", KEY));
    }

    private static String hmac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
