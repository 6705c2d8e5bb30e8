package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.TestTimeout;
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

/** Deliveries to servers of all kinds. */
class HttpWorkerTargetTest {
    private static final String KEY = "0123456789abcdefg";
    private static final int PATIENT_MILLIS = 20_000;
    private static final int IMPATIENT_MILLIS = 300;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void theRequestIsSignedOverTimeAndBody() throws Exception {
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
    void aLargeBatchArrivesWhole() throws Exception {
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
    void anEmptyAnswerAcknowledgesEverything(int status) throws Exception {
        assertThat(deliver(answering(status, "application/json", ""))).isEqualTo(BatchResult.ALL_DONE);
    }

    @Test
    void anAnswerThatIsNotJsonAcknowledgesEverything() throws Exception {
        assertThat(deliver(answering(200, "text/plain", "{\"retries\":[1]}"))).isEqualTo(BatchResult.ALL_DONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JSON; charset=utf-8", "application/problem+json"})
    void aJsonAnswerNamesWhatIsToComeAgain(String contentType) throws Exception {
        String answer = "{\"retries\":[{\"id\":\"" + SampleBatch.id(2) + "\",\"delay_seconds\":30}]}";
        assertThat(deliver(answering(200, contentType, answer)).retries()).isEqualTo(Map.of(2L, 30));
    }

    @Test
    void aJsonAnswerThatMeansNothingIsAFailedDelivery() {
        refused(answering(200, "application/json", "<html>"), "its answer is not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 429, 500, 503})
    void otherStatusesAreFailedDeliveries(int status) {
        refused(answering(status, "application/json", "{}"), "it answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsAreNotFollowed(int status) throws Exception {
        AtomicInteger visits = new AtomicInteger();
        int elsewhere = listen(request -> {
            visits.incrementAndGet();
            request.response().end();
        });
        WorkerTarget target = server(request -> request.response()
                .setStatusCode(status)
                .putHeader("location", "http://127.0.0.1:" + elsewhere + "/")
                .end());

        refused(target, "it answered " + status + "; redirects are not followed");
        assertThat(visits).hasValue(0);
    }

    @Test
    void aServerThatHangsIsGivenUpInTime() throws Exception {
        refused(target(listen(request -> {}), IMPATIENT_MILLIS), "no complete answer within 300 ms");
    }

    @Test
    void anAnswerThatComesInDropsIsGivenUpInTimeAndItsConnectionIsClosed() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        int port = listen(request -> {
            HttpServerResponse response = request.response().setChunked(true);
            long drops = vertx.setPeriodic(20, id -> response.write("x"));
            request.connection().closeHandler(gone -> {
                vertx.cancelTimer(drops);
                closed.complete(null);
            });
        });

        refused(target(port, IMPATIENT_MILLIS), "no complete answer within 300 ms");
        closed.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void anAnswerWithoutAnEndIsCutOffAndItsConnectionIsClosed() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Buffer piece = Buffer.buffer(new byte[64 * 1024]);
        WorkerTarget target = server(request -> {
            HttpServerResponse response = request.response().setChunked(true);
            request.connection().closeHandler(gone -> closed.complete(null));
            pour(response, piece, closed);
        });

        refused(target, "its answer is longer than 1048576 bytes");
        closed.get(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aServerThatClosesIsAFailedDelivery() throws Exception {
        refused(raw(NetSocket::close), "closed");
        refused(raw(socket -> socket.end(Buffer.buffer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"))), "closed");
    }

    @Test
    void aServerThatDoesNotSpeakHttpIsAFailedDelivery() throws Exception {
        refused(raw(socket -> socket.end(Buffer.buffer("220 mail.example.com ESMTP\r\n"))), "");
    }

    @Test
    void nobodyThereIsAFailedDelivery() throws Exception {
        int port = listen(request -> {});
        vertx.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        Vertx other = Vertx.vertx();
        try {
            notSent(target(other, "http://127.0.0.1:" + port, PATIENT_MILLIS), "Connection refused");
        } finally {
            other.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aConnectionThatIsNotMadeInTimeGetsNothing() throws Exception {
        int port = vertx.createNetServer()
                .connectHandler(socket -> {})
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .actualPort();
        notSent(target(vertx, "https://localhost:" + port, IMPATIENT_MILLIS), "");
    }

    @Test
    void aRequestThatCannotBeBuiltIsNotSent() {
        WorkerTarget.Batch sample = SampleBatch.batch();
        WorkerTarget.Batch broken = new WorkerTarget.Batch(null, sample.deliveries(), sample.metrics(), sample.bytes());
        assertThat(server(request -> request.response().end()).deliver(broken).toCompletionStage())
                .failsWithin(1, TimeUnit.MINUTES)
                .withThrowableThat()
                .withCauseInstanceOf(WorkerTarget.NotSent.class);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsAFailedDelivery() throws Exception {
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

        notSent(target(vertx, "https://localhost:" + port, PATIENT_MILLIS), "");
        assertThat(visits).hasValue(0);
    }

    private static void pour(HttpServerResponse response, Buffer piece, CompletableFuture<Void> closed) {
        if (!closed.isDone()) {
            response.write(piece).onSuccess(written -> pour(response, piece, closed));
        }
    }

    private WorkerTarget answering(int status, String contentType, String body) {
        return server(request -> request.response()
                .setStatusCode(status)
                .putHeader("content-type", contentType)
                .end(body));
    }

    private WorkerTarget server(Handler<HttpServerRequest> handler) {
        return target(listen(handler), PATIENT_MILLIS);
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

    /** A server that does something to every connection on which a request begins to arrive. */
    private WorkerTarget raw(Handler<NetSocket> onRequest) {
        int port = vertx.createNetServer()
                .connectHandler(socket -> socket.handler(bytes -> onRequest.handle(socket)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        return target(port, PATIENT_MILLIS);
    }

    private WorkerTarget target(int port, int timeoutMillis) {
        return target(vertx, "http://127.0.0.1:" + port + "/batches?from=sluice", timeoutMillis);
    }

    private static WorkerTarget target(Vertx vertx, String url, int timeoutMillis) {
        WorkerEndpoint endpoint = new WorkerEndpoint(URI.create(url), KEY, timeoutMillis);
        return new HttpWorkers(vertx, Map.of("w", endpoint), Limits.DOCUMENTED, 8, ContinuousClock.ofMachine())
                .find("w");
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

    /** Handed to a connection, and an attempt. */
    private static void refused(WorkerTarget target, String text) {
        fails(target, text, VertxException.class);
    }

    private static void notSent(WorkerTarget target, String text) {
        fails(target, text, WorkerTarget.NotSent.class);
    }

    private static void fails(WorkerTarget target, String text, Class<?> how) {
        assertThatThrownBy(() -> deliver(target))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(how.asSubclass(Throwable.class))
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
